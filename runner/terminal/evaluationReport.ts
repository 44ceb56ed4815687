// The text of an evaluation on a terminal, from its record alone.
import type { Decisions } from '../../shared/contracts/classification/evaluation.ts';
import type { EvaluationRecord } from '../../shared/contracts/classification/evaluationRecord.ts';
import { storedThreshold } from '../../shared/contracts/scores.ts';
import { reportText } from '../../shared/metrics/classificationReport.ts';
import { cpuName } from '../engine/onnx/onnxEngine.ts';
import { testLooksLine } from '../words/testLooks.ts';
import { duration, plural, printable, shortened } from '../words/text.ts';
import { areas, calibrationLines, confusionText, decisionLines, figure, majority, warningLine } from './runReport.ts';

export interface EvaluationReportInput {
  /** Folder of the record. */
  readonly folder: string;
  readonly record: EvaluationRecord;
  readonly testLooks: number | null;
}

/** Model and images, figures where labels are known, warnings, and the path of the record. */
export function evaluationReport({ folder, record, testLooks }: EvaluationReportInput): string {
  const { metrics, classNames, warnings, medical } = record;
  const decisions = metrics && (metrics.byThreshold ?? metrics.byHighestProbability);
  const notes = [...warnings.map(warningLine), ...(medical ? ['! Not for diagnostic use.'] : [])];
  const sections = [
    subject(record),
    ...(decisions ? figures(record, decisions) : [countsText(record)]),
    ...(decisions ? [confusionText(decisions, classNames), classesText(decisions)] : []),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...(record.device === cpuName
      ? []
      : [`Computed on ${printable(record.device)}, not on the CPU: the last digits may differ.`]),
    ...(testLooks !== null && testLooks > 0 ? [testLooksLine(testLooks)] : []),
    `${took(record)}\nRecord: ${printable(folder)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function subject({ model, recipe, network, data, depth }: EvaluationRecord): string {
  const what = model.kind === 'run' ? `${model.runId}, epoch ${model.keptEpoch}` : model.file;
  const which = data.split === null ? '' : ` (${data.split})`;
  const known = data.labelled ? '' : ', without labels';
  return [
    `Model: ${printable(what)} (${printable(recipe)}, ${network}, SHA-256 ${model.sha256.slice(0, 12)}…)`,
    `Images: ${plural(data.imageCount, 'image')}${known} in ${printable(data.folder)}${which}`,
    ...(depth && depth.imageCount > 0
      ? [`        ${depth.imageCount} with 16 bits per channel, read as ${depth.depth} bits, as in training`]
      : []),
  ].join('\n');
}

function figures(
  { metrics, threshold, thresholdMissing, positiveClass, classNames, temperature }: EvaluationRecord,
  decisions: Decisions,
): string[] {
  const { loss } = metrics!;
  const rule = {
    threshold: threshold && storedThreshold(threshold.value, threshold.logOdds),
    thresholdMissing,
    positiveClass,
    classNames,
    chosen: threshold?.from === 'given' ? 'as specified' : "the run's, Youden's J on its validation images",
  };
  return [
    [
      `  ${areas(metrics!)}   loss ${figure(loss)}`,
      `  for comparison: ${majority(metrics!)}`,
      ...calibrationLines(metrics!, temperature),
      ...decisionLines(rule, decisions),
    ].join('\n'),
  ];
}

function classesText({ report }: Decisions): string {
  const perClass = report.perClass.map((row) => ({ ...row, className: shortened(printable(row.className), 40) }));
  return reportText({ ...report, perClass }).trimEnd();
}

/** Counts alone: without labels there are no figures, so the text names the file of predictions. */
function countsText({ classNames, data }: EvaluationRecord): string {
  return [
    `No labels: ${plural(data.imageCount, 'prediction')}, but no metrics.`,
    `The probabilities and logits of ${classNames.map((name) => shortened(printable(name), 30)).join(', ')} are in predictions.csv.`,
  ].join('\n');
}

const took = ({ elapsedMs, imagesPerSecond, device }: EvaluationRecord): string =>
  `Took ${duration(elapsedMs)}${imagesPerSecond === null ? '' : ` (${imagesPerSecond.toFixed(1)} images/s)`} on ${printable(device)}.`;
