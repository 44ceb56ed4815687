import type { Engine } from '../../runner/engine/engine.ts';
import type { Tensor } from '../../runner/tensor.ts';

export interface Spoiling {
  /** `program`: its name. */
  readonly before?: (program: string) => void;
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
        before?.(source.name);
        const out = await program.run(feeds);
        after?.(out);
        return out;
      },
    };
  },
});
