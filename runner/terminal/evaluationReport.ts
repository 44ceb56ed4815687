// What a terminal shows of an evaluation: pure text from its record.
import type { Decisions } from '../../shared/contracts/classification/evaluation.ts';
import type { EvaluationRecord } from '../../shared/contracts/classification/evaluationRecord.ts';
import { storedThreshold } from '../../shared/contracts/scores.ts';
import { reportText } from '../../shared/metrics/classificationReport.ts';
import { cpuName } from '../engine/onnxEngine.ts';
import { testLooksLine } from '../words/testLooks.ts';
import { duration, plural, printable, shortened } from '../words/text.ts';
import { areas, calibrationLines, confusionText, decisionLines, figure, majority, warningLine } from './runReport.ts';

export interface EvaluationReportInput {
  /** Of the record. */
  readonly folder: string;
  readonly record: EvaluationRecord;
  readonly testLooks: number | null;
}

/** What was evaluated, the figures where labels are known, what must be said beside them, and where the record is. */
export function evaluationReport({ folder, record, testLooks }: EvaluationReportInput): string {
  const { metrics, classNames, warnings, medical } = record;
  const decisions = metrics && (metrics.byThreshold ?? metrics.byHighestProbability);
  const said = [...warnings.map(warningLine), ...(medical ? ['! Not for diagnostic use.'] : [])];
  const sections = [
    subject(record),
    ...(decisions ? figures(record, decisions) : [countsText(record)]),
    ...(decisions ? [confusionText(decisions, classNames), classesText(decisions)] : []),
    ...(said.length > 0 ? [said.join('\n')] : []),
    ...(record.device === cpuName
      ? []
      : [`Computed on ${printable(record.device)}, not on the processor: the last digits may differ.`]),
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
      ? [`        ${depth.imageCount} of 16 bits a channel, read as ${depth.depth} bits, as in the training`]
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
    chosen: threshold?.from === 'given' ? 'as given' : "the run's, Youden's J on its validation images",
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

/** Without labels there is nothing to judge; where the predictions are is what can be told. */
function countsText({ classNames, data }: EvaluationRecord): string {
  return [
    `No labels: ${plural(data.imageCount, 'prediction')}, and no figures of quality.`,
    `The probabilities and logits of ${classNames.map((name) => shortened(printable(name), 30)).join(', ')} are in predictions.csv.`,
  ].join('\n');
}

const took = ({ elapsedMs, imagesPerSecond, device }: EvaluationRecord): string =>
  `Took ${duration(elapsedMs)}${imagesPerSecond === null ? '' : ` (${imagesPerSecond.toFixed(1)} images/s)`} on ${printable(device)}.`;
