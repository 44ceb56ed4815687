// test-looks.jsonl: every look at the test split of a run, one line each, append-only. The more often a test split is looked at
// while models are chosen, the less its results say about new images, so looks are counted and shown. Pure; runFolder/testLooks.ts
// handles the file.
import { z } from 'zod';

/** training: the end of fine-tuning. evaluate: `shoulders evaluate --split test`. panel: a person opened the results. */
export const TestLook = z.object({
  v: z.literal(1),
  at: z.iso.datetime(),
  by: z.enum(['training', 'evaluate', 'panel']),
});
export type TestLook = z.infer<typeof TestLook>;
export type TestLooker = TestLook['by'];

/** One line, `\n` included. */
export const encodeTestLook = (by: TestLooker, at: Date): string =>
  `${JSON.stringify({ v: 1, at: at.toISOString(), by } satisfies TestLook)}\n`;

/** Never throws: unreadable lines (a torn tail, damage, another version) are left out. */
export function parseTestLooks(text: string): TestLook[] {
  return text.split('\n').flatMap((line) => {
    const look = TestLook.safeParse(parsed(line));
    return look.success ? [look.data] : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // torn or damaged: not counted
  }
}
