import type { Engine } from '../../runner/engine/engine.ts';
import type { Tensor } from '../../runner/tensor.ts';

export interface Spoiling {
  /** `program`: its name; `images`: number of images per pass. */
  readonly before?: (program: string, images: number) => void;
  readonly after?: (out: Record<string, Tensor>) => void;
}

/** `engine`, with a hook before each run of a program, or on its outputs. */
export const spoiltEngine = (engine: Engine, { before, after }: Spoiling): Engine => ({
  ...engine,
  async load(source) {
    const program = await engine.load(source);
    return {
      ...program,
      async run(feeds) {
        before?.(source.name, Math.max(...Object.values(source.inputs).map(({ shape }) => shape[0] ?? 1)));
        const out = await program.run(feeds);
        after?.(out);
        return out;
      },
    };
  },
});
