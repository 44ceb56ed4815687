// An engine that can be installed: what its file owes the story of an installation.
import type { Found, InstallableName, InstallProgress } from '../../shared/contracts/install.ts';

/** An engine that a person can add: the facts shown before, and how it is installed and removed. Writes only below `folder`. */
export interface Installable {
  readonly name: InstallableName;
  readonly downloadBytes: number;
  readonly diskBytes: number;
  /** Base address of what is downloaded, or words where there is no single one. */
  readonly source: string;
  /** Another base address may stand for it. */
  readonly mirrored: boolean;
  /** Addresses of all files to download, for people who copy them here themselves. */
  readonly addresses: readonly string[];
  readonly licences: readonly { readonly name: string; readonly address: string }[];
  /** A sentence: how a run takes it. */
  readonly use: string;
  /** Absolute. */
  readonly folder: string;
  /** On other machines it is not shown. */
  offeredOn(machine: { readonly platform: string; readonly arch: string }): boolean;
  /** Whole, as far as a look at sizes tells. */
  isInstalled(): Promise<boolean>;
  /**
   * Takes up what an earlier attempt has left. It is alone in `folder`, which is there.
   *
   * @returns what was seen of it when it was tried; null: it was not tried
   */
  install(io: InstallIo): Promise<Found | null>;
}

export interface InstallIo {
  /** Absolute: takes the files from this folder and opens no connection. */
  readonly from: string | null;
  /** Base address instead of `source`; its files must be the same. */
  readonly mirror: string | null;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal: AbortSignal;
}
