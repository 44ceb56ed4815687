// evaluation/: predicted classes of images, and their quality where the true classes are known: classification's answer to
// `evaluate`. Absent: training, the check of images, engines. Called through commands/tasks.ts.
import type { EvaluatedData, EvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { storedThreshold } from '../../../shared/contracts/scores.ts';
import { crossEntropy } from '../../../shared/metrics/logLoss.ts';
import { evaluateSplit } from '../../../shared/metrics/metrics.ts';
import { writeEvaluationRecord } from '../../../shared/runFolder/evaluationRecords.ts';
import { fingerprintOf } from '../../dataset/fingerprint.ts';
import { cpuName } from '../../engine/onnx/onnxEngine.ts';
import type { Checked, Chosen, EvaluateJob, Facts, TaskEvaluation, Unwritten } from '../../evaluation/evaluation.ts';
import type { Subject } from '../../evaluation/subject.ts';
import { versions } from '../../versions.ts';
import { type FolderIndex, type FolderTarget, indexEvaluationFolder } from './evaluationFolder.ts';
import type { ClassModel } from './models/model.ts';
import { onnxModel } from './models/onnxModel.ts';
import { runModel } from './models/runModel.ts';
import {
  answersOf,
  type Difference,
  largestDifference,
  mostDifference,
  recordedAnswers,
  refuseIfOtherwise,
} from './recordedAnswers.ts';
import { type Scores, score } from './score.ts';
import { warningsOf } from './warnings.ts';

type ChosenClasses = Chosen<FolderTarget> & FolderIndex;
type ClassFacts = Facts<FolderTarget, ChosenClasses, Scores>;

/** @throws UserError for a model that cannot be used, or a threshold that does not fit it */
export async function evaluation(
  subject: Subject,
  job: EvaluateJob,
): Promise<TaskEvaluation<FolderTarget, ChosenClasses, Scores>> {
  const model = subject.kind === 'onnx' ? await onnxModel(subject) : await runModel(subject);
  const threshold = thresholdOf(job, model);
  const { classNames } = model;
  return {
    model,
    async imagesIn(folder, signal) {
      const { split, ignoreUnknownClasses, unlabelled, linkFolders } = job;
      const request = { folder, split, classNames, ignoreUnknownClasses, unlabelled, linkFolders };
      return { folder, origin: 'folder', split, ...(await indexEvaluationFolder(request, signal)) };
    },
    ownImages: (chosen) => ({
      ...chosen,
      labelled: true,
      images: chosen.images.map(({ relativePath, file, sizeBytes, modifiedMs, className }) => ({
        ...{ relativePath, file, sizeBytes, modifiedMs },
        label: classNames.indexOf(className),
        classFolder: className,
      })),
      normalised: [],
      ignoredClasses: [],
    }),
    answer: (images, parts, io) => score({ ...parts, model, images }, io),
    record: (facts) => recordOf(model, threshold, facts),
  };
}

/** @throws UserError weightsAnswerOtherwise */
async function recordOf(
  model: ClassModel,
  threshold: EvaluationRecord['threshold'],
  facts: ClassFacts,
): Promise<Unwritten> {
  const { id, createdAt, chosen, checked, answers, answered, skipped, overlap, device } = facts;
  const { classNames } = model;
  const { logits } = answers;
  const differs = await differenceFrom(model, facts);
  if (!model.isVerified) refuseIfOtherwise(model.identity.runId ?? '', differs, mostDifference);
  const labels = chosen.labelled ? answered.map(({ label }) => label!) : null;
  const data = dataOf(classNames, chosen, answered);
  const metrics =
    labels &&
    evaluateSplit({
      labels,
      logits,
      loss: crossEntropy(logits, labels, model.classWeights),
      classNames,
      positiveLabel: model.positiveClass === null ? null : classNames.indexOf(model.positiveClass),
      threshold: threshold && storedThreshold(threshold.value, threshold.logOdds),
      temperature: model.temperature,
    });
  const about = {
    data,
    overlap,
    skipped: [...skipped],
    depth: checked.depth,
    normalised: chosen.normalised,
    notFinite: answers.notFinite,
    differs: differs && differs.difference > mostDifference ? differs : null,
    readOtherwise: answered.flatMap(({ relativePath }) =>
      checked.readOtherwise.has(relativePath) ? [relativePath] : [],
    ),
  };
  const record: EvaluationRecord = {
    version: 1,
    id,
    createdAt,
    model: model.identity,
    network: model.network,
    recipe: model.recipe,
    medical: model.medical,
    classNames: [...classNames],
    positiveClass: model.positiveClass,
    data,
    depth: checked.depth,
    skipped: [...skipped],
    threshold,
    thresholdMissing: threshold === null ? model.thresholdMissing : null,
    temperature: model.temperature,
    overlap,
    warnings: warningsOf(about, classNames),
    metrics,
    device: device.name,
    imagesPerSecond: answers.imagesPerSecond,
    elapsedMs: facts.elapsedMs(),
    versions: { ...versions },
  };
  const relativePaths = answered.map(({ relativePath }) => relativePath);
  return {
    record,
    hasFigures: metrics !== null,
    write: (folder) => writeEvaluationRecord(folder, record, { relativePaths, labels, logits, classNames }),
  };
}

function thresholdOf({ threshold }: EvaluateJob, model: ClassModel): EvaluationRecord['threshold'] {
  if (threshold === null)
    return model.threshold && { value: model.threshold.probability, logOdds: model.threshold.logOdds, from: 'val' };
  if (model.positiveClass === null) throw new UserError('thresholdNeedsTwo', { count: model.classNames.length });
  if (!(threshold >= 0 && threshold <= 1)) throw new UserError('thresholdOutOfRange', { value: threshold });
  return { value: threshold, from: 'given' };
}

/** Difference between these answers and those that the run recorded for its own images; null: there is nothing to compare. */
async function differenceFrom(
  { identity, runFolder, runState, classNames }: ClassModel,
  { chosen: { origin, split }, checked, device, answered, answers }: ClassFacts,
): Promise<Difference | null> {
  if (origin !== 'run' || identity.kind !== 'run' || runFolder === null || runState === null) return null;
  if (split === 'train' || split === null || device.name !== cpuName) return null; // a GPU rounds differently
  const recorded = await recordedAnswers(runFolder, runState, split, identity.keptEpoch);
  const seen = answersOf(
    answered.map(({ relativePath }) => relativePath),
    answers.logits,
    classNames.length,
  );
  return largestDifference(new Map([...recorded].filter(([path]) => !checked.readOtherwise.has(path))), seen);
}

function dataOf(
  classNames: readonly string[],
  { folder, origin, split, labelled, ignoredClasses, normalised }: ChosenClasses,
  answered: readonly Checked<FolderTarget>[],
): EvaluatedData {
  const counts = classNames.map((_, label) => answered.filter((image) => image.label === label).length);
  const folders = [...new Set(answered.flatMap(({ classFolder }) => classFolder ?? []))];
  return {
    folder,
    origin,
    split,
    labelled,
    fingerprint: fingerprintOf(
      answered.map(({ relativePath, sha256, label }) => ({
        relativePath,
        sha256,
        target: label === null ? null : classNames[label]!,
        split: null,
      })),
    ),
    imageCount: answered.length,
    counts: labelled ? counts : null,
    classMapping: folders.map((name) => {
      const own = answered.filter(({ classFolder }) => classFolder === name);
      const byName = normalised.includes(name) ? 'normalised' : 'same';
      return { folder: name, className: classNames[own[0]!.label!]!, byName, imageCount: own.length };
    }),
    missingClasses: labelled ? classNames.filter((_, label) => counts[label] === 0) : [],
    ignoredClasses: [...ignoredClasses],
  };
}
