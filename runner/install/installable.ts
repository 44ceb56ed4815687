// The interface of an engine that can be installed.
import type { Found, InstallableName, InstallProgress } from '../../shared/contracts/install.ts';

/** An engine that a user can add: facts to show first, and how to install and remove it. Writes only below `folder`. */
export interface Installable {
  readonly name: InstallableName;
  readonly downloadBytes: number;
  readonly diskBytes: number;
  /** Base address of the downloads, or words if there is no single one. */
  readonly source: string;
  /** True if another base address may replace it. */
  readonly mirrored: boolean;
  /** Addresses of all files to download, for users who copy them here themselves. */
  readonly addresses: readonly string[];
  readonly licences: readonly { readonly name: string; readonly address: string }[];
  /** A sentence: how to use it in a run. */
  readonly use: string;
  /** Absolute path. */
  readonly folder: string;
  /** False hides it on this machine. */
  offeredOn(machine: { readonly platform: string; readonly arch: string }): boolean;
  /** True if all files are present with their sizes; contents are not read. */
  isInstalled(): Promise<boolean>;
  /**
   * Continues what an earlier attempt has left. Has exclusive use of `folder`, which exists.
   *
   * @returns result of its first trial; null: it was not tried
   */
  install(io: InstallIo): Promise<Found | null>;
}

export interface InstallIo {
  /** Absolute path: takes the files from this folder and opens no connection. */
  readonly from: string | null;
  /** Base address instead of `source`; its files must be identical. */
  readonly mirror: string | null;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal: AbortSignal;
}
