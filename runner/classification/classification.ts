// classification/: one class for each image, of the folder that holds it. The answers that make it a task (task.ts), and all that is
// classification's own in a run: class folders, objective, class weights, predictions, samples, alarms, the final evaluation.
// Absent: devices, attempts, stages, optimizers. Called through commands/tasks.ts.
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { appendAll } from '../../shared/lists.ts';
import { epochMetrics } from '../../shared/metrics/metrics.ts';
import { balancedOrder, epochOrder } from '../batches/sampler.ts';
import { imageListOf } from '../dataset/dataset.ts';
import { initialHead } from '../network/initialize.ts';
import { parametersOf } from '../network/parameters.ts';
import { labelsTensor } from '../programs/labels.ts';
import type { Learning, Task } from '../task.ts';
import { encodeModel } from '../weights/encodeModel.ts';
import { newAlarms } from './alarms.ts';
import { type ClassDataset, checkClasses } from './classes/classDataset.ts';
import { indexFolder } from './classes/classFolders.ts';
import { describeClasses } from './classes/describeClasses.ts';
import { evaluation } from './evaluation/evaluation.ts';
import { finalEvaluation } from './finalEvaluation.ts';
import { classWeightsFor, positiveLabelOf, predictionRows } from './labelled.ts';
import { classObjective } from './objective.ts';
import { imageWithoutScores, type Predicted, predict } from './predict.ts';
import { keepSamples } from './samples.ts';

export const classification: Task<ClassDataset, Predicted> = {
  type: 'classification',
  indexFolder,
  checkDataset: checkClasses,
  describe: describeClasses,
  imageList: (dataset) => imageListOf(dataset, ({ label }) => dataset.classNames[label]!),
  learn: learnClasses,
  parameters: ({ network }, { classNames }) => parametersOf(network, classNames.length),
  keepSamples,
  newAlarms,
  finalEvaluation,
  evaluation,
};

/** @throws UserError positiveClassUnknown */
function learnClasses(recipe: Recipe, dataset: ClassDataset): Learning<Predicted> {
  const { images, splits, classNames } = dataset;
  const classCount = classNames.length;
  const positiveLabel = positiveLabelOf(recipe, dataset);
  const classWeights = classWeightsFor(recipe, dataset);
  const labelOf = (image: number) => images[image]!.label;
  return {
    objective: classObjective(recipe.network, classCount),
    inputsOf: async (of) => ({ labels: labelsTensor(of.map(labelOf)) }),
    newHead: () => initialHead(recipe.network, classCount, recipe.seed),
    order: (epoch) =>
      recipe.imbalance.balancedSampling
        ? balancedOrder(recipe.seed, epoch, splits.train.map(labelOf), classCount)
        : epochOrder(recipe.seed, epoch, splits.train.length),
    weightOf: (image) => classWeights[labelOf(image)]!,
    collect() {
      const labels: number[] = [];
      const logits: number[] = [];
      return {
        add(image, outputs) {
          labels.push(labelOf(image));
          appendAll(logits, outputs.logits!);
        },
        metrics: (loss, val) => epochMetrics({ train: { loss, labels, logits }, val, classCount, positiveLabel }),
      };
    },
    predict: (options) => predict({ ...options, dataset, recipe, classWeights }),
    imageWithoutOutput: (predicted) => imageWithoutScores(predicted, dataset),
    writePrediction: (run, epoch, predicted) => run.writePredictions({ epoch }, predictionRows(dataset, predicted)),
    metadata: { classNames: JSON.stringify(classNames) },
    encodeModel: (parameters, metadata) => encodeModel(recipe.network, parameters, classCount, metadata),
  };
}
