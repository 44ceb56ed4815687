// label.json: what people say about a run. The one file in a run folder that the runner never writes; it travels with the folder.
import { z } from 'zod';

export const RunLabel = z.object({
  version: z.literal(1),
  /** null: the run goes by its dataset's name. */
  name: z.string().min(1).max(200).nullable(),
  starred: z.boolean(),
  tags: z.array(z.string().min(1).max(50)).max(50),
  note: z.string().max(10_000),
});
export type RunLabel = z.infer<typeof RunLabel>;

export const noLabel: RunLabel = { version: 1, name: null, starred: false, tags: [], note: '' };
