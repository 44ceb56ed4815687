import type { Engine } from '../../runner/engine/engine.ts';
import type { Tensor } from '../../runner/tensor.ts';

export interface Spoiling {
  /** `program`: its name; `images`: how many it takes at once. */
  readonly before?: (program: string, images: number) => void;
  readonly after?: (out: Record<string, Tensor>) => void;
}

/** `engine`, with something done before each run of a program, or to what it gives. */
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
