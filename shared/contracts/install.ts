// Output of the command line, line by line, about engines that can be installed; the editor reads it.
import { z } from 'zod';
import type { FineTuneJob } from './job.ts';

/** A new one needs a name, words and the engine that it serves here, and an entry in install/installables.ts. */
export const installableNames = ['cuda', 'tensorflow', 'tensorflow-gpu'] as const;
export type InstallableName = (typeof installableNames)[number];

/** Description, and prerequisites that are not installed with it; the editor translates them. */
export const installableWords: Readonly<Record<InstallableName, { readonly title: string; readonly needs: string }>> = {
  cuda: {
    title: 'ONNX Runtime on NVIDIA GPUs (CUDA 13, cuDNN 9)',
    needs: 'an NVIDIA GPU from 2018 or later (Turing) with driver 580 or later',
  },
  tensorflow: { title: 'TensorFlow.js on the CPU', needs: 'npm, which comes with Node.js' },
  'tensorflow-gpu': {
    title: 'TensorFlow.js on NVIDIA GPUs',
    needs: 'npm, which comes with Node.js, and an NVIDIA driver, CUDA 11.2 and cuDNN 8.1',
  },
};

/** Engine name that selects it in a run. */
export const engineOf: Readonly<Record<InstallableName, FineTuneJob['engine']>> = {
  cuda: 'cuda',
  tensorflow: 'tensorflow',
  'tensorflow-gpu': 'tensorflow',
};

export const InstallableEngine = z.object({
  name: z.enum(installableNames),
  installed: z.boolean(),
  downloadBytes: z.int().min(0),
  /** Bytes that remain on the disk. */
  diskBytes: z.int().min(0),
  /** Host of the downloads, or of the mirror. */
  source: z.string(),
  /** True if a mirror may replace it. */
  mirrored: z.boolean(),
  /** Name and address of each licence. */
  licences: z.array(z.object({ name: z.string(), address: z.string() })),
  /** Absolute path; nothing is written outside of it. */
  folder: z.string(),
});
export type InstallableEngine = z.infer<typeof InstallableEngine>;

export const InstallProgress = z.object({
  type: z.literal('installing'),
  step: z.enum(['downloading', 'checking', 'unpacking']),
  file: z.string(),
  /** Bytes of all downloads together. */
  doneBytes: z.number(),
  totalBytes: z.number(),
});
export type InstallProgress = z.infer<typeof InstallProgress>;

/** Engine and device that a trial found. */
export const Found = z.object({ engine: z.string(), device: z.string() });
export type Found = z.infer<typeof Found>;

/** `shoulders install` prints the list, `install NAME` progress and the end, `uninstall NAME` the end. */
export const InstallOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('installables'), engines: z.array(InstallableEngine) }),
  InstallProgress,
  z.object({
    type: z.literal('installed'),
    name: z.enum(installableNames),
    folder: z.string(),
    /** null: it was not tried. */
    found: Found.nullable(),
  }),
  z.object({ type: z.literal('uninstalled'), name: z.enum(installableNames), folder: z.string() }),
]);
export type InstallOutput = z.infer<typeof InstallOutput>;
