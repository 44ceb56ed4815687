// The fixed validation images, and the kept weights' predictions for them.

import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { indexOfLargest } from '../../../shared/lists.ts';
import type { Block, Picture, ReportInput } from '../reports.ts';
import { percent } from '../wording.ts';

export function pictureSection({ run, val, pictures }: Pick<ReportInput, 'run' | 'val' | 'pictures'>): Block[] {
  const { samples, classNames } = run;
  if (samples.length === 0) return [];
  const rows = new Map(val?.relativePaths.map((path, row) => [path, row]));
  const pictureOf = (i: number): Picture => {
    const { file, relativePath, label } = samples[i]!;
    const own = { jpeg: pictures[i] ?? null, file, relativePath };
    const truth = `true: ${classNames[label] ?? label}`;
    // Matched by path, because rows shift when an image is lost.
    const row = rows.get(relativePath);
    if (!val || row === undefined) return { ...own, lines: [truth], wrong: false };
    const probabilities = softmaxRows(
      val.logits.slice(row * val.classCount, (row + 1) * val.classCount),
      val.classCount,
    );
    const predicted = indexOfLargest(probabilities);
    const prediction = `most probable: ${classNames[predicted]}, ${percent(probabilities[predicted]!)}`;
    return { ...own, lines: [truth, prediction], wrong: predicted !== label };
  };
  return [
    { kind: 'heading', text: 'Some validation images' },
    { kind: 'text', text: 'Chosen by the seed, class by class, before training: neither the best nor the worst.' },
    { kind: 'pictures', pictures: samples.map((_, i) => pictureOf(i)) },
  ];
}
