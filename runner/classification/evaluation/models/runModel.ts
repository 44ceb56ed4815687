// The kept weights of a run, computed exactly as the run computes validation and test: the same batches, the same cut, the same
// float16 features in between. So its own images reproduce its own figures.
import { basename } from 'node:path';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { modelHash } from '../../../../shared/contracts/fileHashes.ts';
import type { RunSubject } from '../../../evaluation/subject.ts';
import { frozenFeatures } from '../../../features/features.ts';
import { pixelsVersionOf } from '../../../images/pixelsVersion.ts';
import { stagesFromScratch } from '../../../training/fromScratch.ts';
import { readTrainedModel } from '../../../weights/trained.ts';
import { classWeightsFrom } from '../../classes/classWeights.ts';
import { loadLogitsProgram } from '../../logits.ts';
import { keptDecision } from '../keptDecision.ts';
import type { ClassModel } from './model.ts';

/** @throws UserError runWithoutWeights; weightsBroken and its like */
export async function runModel({ runFolder, read: { state, summary } }: RunSubject): Promise<ClassModel> {
  const { recipe, depth, classNames, runId } = state;
  if (recipe === null || classNames.length < 2) throw withoutWeights(runFolder);
  const { parameters, epoch, sha256 } = await readTrainedModel(runFolder, recipe.network, state);
  const stages = state.weights?.kind === 'random' ? stagesFromScratch(recipe.stages) : recipe.stages;
  return {
    identity: { kind: 'run', runId, keptEpoch: epoch, sha256 },
    network: recipe.network,
    recipe: recipe.name,
    medical: recipe.medical,
    classNames,
    ...(await keptDecision(runFolder, state, epoch)),
    imageSize: recipe.imageSize,
    color: recipe.color,
    depth,
    classWeights:
      recipe.imbalance.classWeights && state.counts ? classWeightsFrom(state.counts.train) : classNames.map(() => 1),
    runFolder,
    runState: state,
    isVerified: modelHash(state, epoch) !== undefined,
    pixelsVersion: pixelsVersionOf(summary),
    dataset: state.dataset,
    async open({ engine, pixels, cache, images }) {
      const batchSize = Math.min(recipe.batchSize.eval, images.length);
      const features = await frozenFeatures(
        {
          engine,
          pixels,
          cache,
          architecture: recipe.network,
          imageHashes: images.map(({ sha256 }) => sha256),
          imageSize: recipe.imageSize,
          color: recipe.color,
          depth,
          trainViews: recipe.trainViews,
          seed: recipe.seed,
          trunkBatch: recipe.batchSize.train,
        },
        parameters,
        stages.at(-1)!.unfreeze,
        [],
      );
      const { network: architecture, imageSize } = recipe;
      const loaded = await loadLogitsProgram(engine, features, { architecture, parameters, imageSize, batchSize });
      return {
        ...loaded,
        async dispose() {
          await loaded.program.dispose();
          await features.dispose();
        },
      };
    },
  };
}

const withoutWeights = (runFolder: string) =>
  new UserError('runWithoutWeights', { run: basename(runFolder), file: 'model.safetensors' });
