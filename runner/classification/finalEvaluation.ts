// The final evaluation of a run: the test split, evaluated once, with the kept weights; threshold and temperature from validation; the
// exported model that decides by them.
import type { Evaluation } from '../../shared/contracts/classification/evaluation.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { modelHash } from '../../shared/contracts/fileHashes.ts';
import { encodeModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import { files } from '../../shared/contracts/run.ts';
import { fitDecision } from '../../shared/metrics/fitDecision.ts';
import { evaluateSplit } from '../../shared/metrics/metrics.ts';
import type { Engine, ProgramSource } from '../engine/engine.ts';
import { cpuEngineName, createCpuEngine } from '../engine/onnx/onnxEngine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { docOf, modelMetadataOf, type Trained as TrainedFacts } from '../exports/metadata.ts';
import { exportedProgram } from '../programs/exported.ts';
import { warning } from '../run/warnings.ts';
import type { TrainedRun } from '../task.ts';
import type { ClassDataset } from './classes/classDataset.ts';
import { classWeightsFor, positiveLabelOf, predictionRows } from './labelled.ts';
import { imageWithoutScores, type Predicted, predict } from './predict.ts';

/**
 * The first look at the test split, with the kept weights; the threshold comes from validation. Whatever device trained, the CPU
 * evaluates: a GPU driver that silently computes wrong numbers must not affect these figures; and later evaluations, which use the CPU,
 * reproduce them.
 */
export async function finalEvaluation(trained: TrainedRun<ClassDataset, Predicted>): Promise<boolean> {
  const { device } = trained.engine;
  if (device.engine === cpuEngineName) return testOn(trained, trained.engine);
  const cpu = createCpuEngine(trained.job.threads ?? defaultThreads());
  try {
    return await testOn(trained, cpu, async (val) => {
      const difference = largestDifference(val, trained.validation);
      if (difference > tolerated)
        await trained.record(warning('gpuDiffered', { gpu: device.name, difference: difference.toPrecision(2) }));
    });
  } finally {
    await cpu.dispose();
  }
}

/** Allowed difference of a probability between two engines, due to the float16 features in between. */
const tolerated = 0.01;

/** Largest difference between probabilities of the same images; 0 if there is nothing to compare, infinite for NaN. */
function largestDifference(a: Predicted, b: Predicted | undefined): number {
  if (b === undefined || a.probabilities.length !== b.probabilities.length) return 0;
  return a.probabilities.reduce((largest, p, i) => {
    const difference = Math.abs(p - b.probabilities[i]!);
    return Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }, 0);
}

async function testOn(
  trained: TrainedRun<ClassDataset, Predicted>,
  engine: Engine,
  onValidation: (validation: Predicted) => Promise<void> = async () => {},
): Promise<boolean> {
  const { job, dataset, record, report, control, run, lost } = trained;
  const { recipe } = job;
  const positiveLabel = positiveLabelOf(recipe, dataset);
  const classWeights = classWeightsFor(recipe, dataset);
  const opened = await trained.evaluationOn(engine);
  try {
    const predictSplit = (images: readonly number[], phase: 'validating' | 'testing') =>
      predict({
        ...opened,
        dataset,
        recipe,
        parameters: trained.parameters,
        images,
        classWeights,
        lost,
        control,
        onBatch: ({ done, total }) => report({ phase, done, total }),
      });
    const known = engine === trained.engine ? trained.validation : undefined;
    const val = known ?? (await predictSplit(dataset.splits.val, 'validating'));
    const test = val && (await predictSplit(dataset.splits.test, 'testing'));
    if (!val || !test) return false;
    for (const predicted of [val, test]) {
      const relativePath = imageWithoutScores(predicted, dataset);
      if (relativePath !== undefined) throw new UserError('outputNotFinite', { relativePath });
    }
    await onValidation(val);
    report({ phase: 'saving', done: 0, total: 1 });
    const { classNames } = dataset;
    const {
      threshold,
      missing,
      temperature: fit,
    } = fitDecision(val.labels, val.logits, classNames.length, positiveLabel);
    const { temperature } = fit;
    const evaluate = (predicted: Predicted) =>
      evaluateSplit({ ...predicted, classNames, positiveLabel, threshold, temperature });
    const positiveClass = positiveLabel === null ? null : classNames[positiveLabel]!;
    const evaluation: Evaluation = {
      version: 1,
      classNames: [...classNames],
      positiveClass,
      threshold:
        threshold === null
          ? null
          : { value: threshold.probability, logOdds: threshold.logOdds, method: 'youden', fittedOn: 'val' },
      thresholdMissing: missing,
      temperature: {
        value: temperature,
        reason: fit.reason,
        lossBefore: fit.reason === null ? fit.lossBefore : null,
        lossAfter: fit.reason === null ? fit.lossAfter : null,
        fittedOn: 'val',
      },
      val: evaluate(val),
      test: evaluate(test),
    };
    await run.appendTestLook('training');
    await run.writePredictions('val', predictionRows(dataset, val));
    await run.writePredictions('test', predictionRows(dataset, test));
    await run.writeEvaluation(evaluation);
    await run.writeOnnx(exportedModel(trained, { positiveClass, threshold, temperature }).model);
    if (lost.relativePaths.length > 0)
      await record(warning('imagesLost', { count: lost.relativePaths.length, relativePath: lost.relativePaths[0]! }));
    const model = modelHash(run.state, trained.keptEpoch);
    await record({
      type: 'evaluated',
      val: evaluation.val,
      test: evaluation.test,
      threshold: threshold?.probability ?? null,
      thresholdLogOdds: threshold?.logOdds ?? null,
      thresholdMissing: missing,
      positiveClass,
      keptEpoch: trained.keptEpoch,
      temperature,
      files: {
        ...(model === undefined ? {} : { [files.model]: model }),
        ...run.hashesOf(files.evaluation, files.predictions('val'), files.predictions('test'), files.onnx),
      },
    });
    return true;
  } finally {
    await opened.features.dispose();
  }
}

function exportedModel(
  { job: { runId, recipe }, run, dataset, parameters }: TrainedRun,
  decision: Pick<TrainedFacts, 'positiveClass' | 'threshold' | 'temperature'>,
): ProgramSource {
  return exportedProgram({
    architecture: recipe.network,
    parameters,
    imageSize: recipe.imageSize,
    doc: docOf(recipe),
    metadata: encodeModelMetadata(
      modelMetadataOf({
        runId,
        recipe,
        depth: dataset.depth.depth,
        classNames: dataset.classNames,
        ...decision,
        weights: run.state.weights,
      }),
    ),
  });
}
