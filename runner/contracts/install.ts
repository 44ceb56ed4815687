// What the command line says, line by line, about engines that can be installed: asked by the editor.
import { z } from 'zod';

/** Each is an engine of job.ts. One more: its name here, its entry in install/installables.ts. */
export const installableNames = ['cuda'] as const;
export type InstallableName = (typeof installableNames)[number];

export const InstallableEngine = z.object({
  name: z.enum(installableNames),
  title: z.string(),
  installed: z.boolean(),
  downloadBytes: z.int().min(0),
  /** What stays. */
  diskBytes: z.int().min(0),
  /** Host that is asked, or the mirror's. */
  source: z.string(),
  /** Name and address of each. */
  licences: z.array(z.object({ name: z.string(), address: z.string() })),
  /** What it needs that is not installed along. */
  needs: z.string(),
  /** Absolute: all that is written lies below it. */
  folder: z.string(),
});
export type InstallableEngine = z.infer<typeof InstallableEngine>;

export const InstallProgress = z.object({
  type: z.literal('installing'),
  step: z.enum(['downloading', 'checking', 'unpacking']),
  file: z.string(),
  /** Of all downloads together. */
  doneBytes: z.number(),
  totalBytes: z.number(),
});
export type InstallProgress = z.infer<typeof InstallProgress>;

/** `shoulders install` answers with the list, `install NAME` with progress and the end, `uninstall NAME` with the end. */
export const InstallOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('installables'), engines: z.array(InstallableEngine) }),
  InstallProgress,
  z.object({ type: z.literal('installed'), name: z.enum(installableNames), folder: z.string() }),
  z.object({ type: z.literal('uninstalled'), name: z.enum(installableNames), folder: z.string() }),
]);
export type InstallOutput = z.infer<typeof InstallOutput>;
