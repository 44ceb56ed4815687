// What the command line says, line by line, about engines that can be installed: asked by the editor.
import { z } from 'zod';
import type { FineTuneJob } from './job.ts';

/** One more: its name, its words and the engine that it serves here, its entry in install/installables.ts. */
export const installableNames = ['cuda', 'tensorflow', 'tensorflow-gpu'] as const;
export type InstallableName = (typeof installableNames)[number];

/** What it is, and what it needs that is not installed along; in the editor's language there. */
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

/** What a run names to use it. */
export const engineOf: Readonly<Record<InstallableName, FineTuneJob['engine']>> = {
  cuda: 'cuda',
  tensorflow: 'tensorflow',
  'tensorflow-gpu': 'tensorflow',
};

export const InstallableEngine = z.object({
  name: z.enum(installableNames),
  installed: z.boolean(),
  downloadBytes: z.int().min(0),
  /** What stays. */
  diskBytes: z.int().min(0),
  /** Host that is asked, or the mirror's. */
  source: z.string(),
  /** A mirror may stand for it. */
  mirrored: z.boolean(),
  /** Name and address of each. */
  licences: z.array(z.object({ name: z.string(), address: z.string() })),
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

/** What was seen of an engine when it was tried. */
export const Found = z.object({ engine: z.string(), device: z.string() });
export type Found = z.infer<typeof Found>;

/** `shoulders install` answers with the list, `install NAME` with progress and the end, `uninstall NAME` with the end. */
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
