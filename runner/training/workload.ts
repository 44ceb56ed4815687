// Multiply-adds of the whole plan, known before the first step; `pace.ts` turns them into remaining time.
import type { Cut } from '../../shared/contracts/architectures.ts';
import type { Recipe, Stage } from '../../shared/contracts/recipe.ts';
import { partsBetween } from '../network/cut.ts';
import { multiplyAddsOfHead } from '../network/head.ts';
import { multiplyAddsByPart } from '../network/shapes.ts';
import type { Objective } from '../programs/objective.ts';

export interface Workload {
  readonly total: number;
  /** Work of one batch: `computed` views of its `images` had to pass the frozen trunk, the others came from the cache. */
  batch(
    phase: WorkPhase,
    stage: number,
    epoch: number,
    images: number,
    computed: number,
  ): { readonly done: number; readonly skipped: number };
  /** Work of `epochs` epochs of a stage that will not be run. */
  skippedEpochs(stage: number, epochs: number): number;
  /** Work planned before a stage, and for its first `epochs` epochs: what a resumed run has behind it. */
  until(stage: number, epochs: number): number;
}

type WorkPhase = 'training' | 'validating' | 'testing';

/** @param stages  as they are trained, which from random weights differ from the recipe's */
export function workloadOf(
  recipe: Omit<Recipe, 'stages'>,
  stages: readonly Stage[],
  counts: { readonly train: number; readonly val: number; readonly test: number },
  { head, viewsPerImage }: Pick<Objective, 'head' | 'viewsPerImage'>,
): Workload {
  const { network, imageSize } = recipe;
  const macs = multiplyAddsByPart(network, imageSize, 0); // without the network's own head
  const ofHead = multiplyAddsOfHead(head, network, imageSize);
  const between = (from: Cut, to?: Cut) => sum(partsBetween(network, from, to).map((part) => macs.get(part)!));
  const below = (cut: Cut) => between('all', cut);
  const above = (cut: Cut) => between(cut) + ofHead;
  const cutOf = (stage: number) => stages[stage]!.unfreeze;
  const { count } = recipe.trainViews;
  const meetsTrunk = (phase: WorkPhase, epoch: number) =>
    phase === 'training'
      ? count === 'fresh' || epoch * viewsPerImage <= count
      : phase === 'validating'
        ? epoch === 1
        : true;
  const viewsIn = (phase: WorkPhase) => (phase === 'training' ? viewsPerImage : 1);
  // Forward, gradient of the weights and gradient of the input: three times the forward pass.
  const perImage = (phase: WorkPhase, stage: number) =>
    viewsIn(phase) * above(cutOf(stage)) * (phase === 'training' ? 3 : 1);
  const work = (phase: WorkPhase, stage: number, epoch: number, images: number) =>
    images * (perImage(phase, stage) + (meetsTrunk(phase, epoch) ? viewsIn(phase) * below(cutOf(stage)) : 0));
  const epochs = stages.flatMap(({ epochs }, stage) => Array<number>(epochs).fill(stage));
  const last = stages.length - 1;
  const ofFirst = (count: number) =>
    sum(
      epochs
        .slice(0, count)
        .map((stage, i) => work('training', stage, i + 1, counts.train) + work('validating', stage, i + 1, counts.val)),
    );
  return {
    until: (stage, count) => ofFirst(sum(stages.slice(0, stage).map((each) => each.epochs)) + count),
    total: ofFirst(epochs.length) + work('testing', last, epochs.length, counts.test),
    batch(phase, stage, epoch, images, computed) {
      const done = images * perImage(phase, stage) + computed * below(cutOf(stage));
      return { done, skipped: Math.max(0, work(phase, stage, epoch, images) - done) };
    },
    skippedEpochs: (stage, count) =>
      count * (perImage('training', stage) * counts.train + perImage('validating', stage) * counts.val),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
