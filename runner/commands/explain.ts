// The story of `shoulders explain`: run folder -> network -> batches of images -> a map each -> overlays and checks, reported line by line.

import type { Depth } from '../../shared/contracts/depth.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { type Explanation, type ExplanationLine, heatMapOf } from '../../shared/contracts/explanation.ts';
import type { HeatColors } from '../../shared/contracts/heatMap.ts';
import type { NamedEngine } from '../../shared/contracts/job.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import { indexOfLargest } from '../../shared/lists.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { lookahead } from '../batches/lookahead.ts';
import { openEngine } from '../devices/devices.ts';
import { type Engine, EngineKilled, EngineOutOfMemory } from '../engine/engine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { type FaithfulnessChecker, faithfulnessChecker } from '../explain/checks/faithfulness.ts';
import { batchFor, type MapMaker, type MappedView, mapMaker, type Question } from '../explain/explain.ts';
import { type OverlayWriter, overlayWriter } from '../explain/overlayFiles.ts';
import { checkLeftOut, remarksOf } from '../explain/remarks.ts';
import { type SeenImage, seenImage } from '../explain/seenImage.ts';
import { askedLabel, type Target, targetOf, trueLabelOf } from '../explain/target.ts';
import { readTrainedModel } from '../weights/trained.ts';

/** Question to a run. Paths are absolute, like all paths here. */
export interface ExplainRequest extends Question {
  readonly images: readonly string[];
  /** A class as `--class` takes it: see `explanationTargets`. */
  readonly target: string;
  readonly check: boolean;
  /** Folder for overlays; null: none are drawn. */
  readonly overlayFolder: string | null;
  readonly colors: HeatColors;
}

export interface ExplainedRun {
  readonly runFolder: string;
  readonly engine: NamedEngine;
  readonly threads: number | null;
}

export interface ExplainJob extends ExplainRequest, ExplainedRun {}

export interface ExplainIo {
  on(line: ExplanationLine): void;
  /** When aborted, ends after the computation that the engine has begun. */
  readonly signal?: AbortSignal;
}

/**
 * Reports lines in the order of the images.
 *
 * @returns number of images that could be explained
 * @throws UserError runNotFound, runBroken, runNewer, runWithoutWeights, weightsBroken and its like, classUnknown, cannotSave, diskFull,
 * engineFailed; the signal's reason
 */
export async function explain(job: ExplainJob, io: ExplainIo): Promise<number> {
  const session = await openExplainSession(job, io);
  try {
    return await session.answer(job, io);
  } finally {
    await session.dispose();
  }
}

/** A run's kept weights, ready for several questions: whatever the next one needs again stays loaded. One question at a time. */
export interface ExplainSession {
  /** @throws as explain() does, except for the errors of opening */
  answer(question: ExplainRequest, io: ExplainIo): Promise<number>;
  dispose(): Promise<void>;
}

export interface SessionIo {
  /** Aborts the opening only. */
  readonly signal?: AbortSignal;
  readonly createEngine?: (threads: number) => Engine;
}

/** @throws UserError runNotFound, runBroken, runNewer, runWithoutWeights, weightsBroken and its like, those of openEngine() */
export async function openExplainSession(
  { runFolder, engine: wanted, threads: wantedThreads }: ExplainedRun,
  { signal: opening = new AbortController().signal, createEngine }: SessionIo = {},
): Promise<ExplainSession> {
  const { state } = await readRun(runFolder);
  const { recipe, depth, classNames } = state;
  if (recipe === null || classNames.length < 2)
    throw new UserError('runWithoutWeights', { run: state.runId, file: 'model.safetensors' });
  const { parameters } = await readTrainedModel(runFolder, recipe.network, state);
  const network = { architecture: recipe.network, parameters, imageSize: recipe.imageSize };
  let signal: AbortSignal | undefined;
  const threads = wantedThreads ?? defaultThreads();
  const opened = createEngine?.(threads) ?? (await openEngine(wanted, { threads, signal: opening }));
  const engine = interruptible(opened, () => signal?.throwIfAborted());
  const makerOf = latest<MapMaker>();
  const checkerOf = latest<FaithfulnessChecker>();
  return {
    async answer(question, io) {
      const { of, layer, method, check } = question;
      const target = targetOf(question.target, classNames);
      signal = io.signal;
      try {
        const batch = batchOf(question, recipe.imageSize);
        const maker = await makerOf([of, layer, batch], () => mapMaker(engine, network, question, batch));
        const checker = check
          ? await checkerOf([of, layer, method], () => faithfulnessChecker(engine, network, question, recipe.seed))
          : null;
        const { overlayFolder } = question;
        const overlays = overlayFolder === null ? null : overlaysOf(question, overlayFolder, recipe, state);
        return await explainAll({ question, recipe, depth, classNames, target, maker, checker, overlays }, io);
      } catch (error) {
        if (!(error instanceof EngineOutOfMemory)) throw error;
        const reason =
          error instanceof EngineKilled
            ? 'its process was ended from outside'
            : `not enough memory to explain at ${layer}; a layer nearer to the decision takes less`;
        throw new UserError('engineFailed', { engine: wanted, reason }, { cause: error });
      }
    },
    dispose: () => engine.dispose(),
  };
}

/** Keeps the last value, and makes a new one when the key changes. */
function latest<T extends { dispose(): Promise<void> }>() {
  let made: { readonly key: string; readonly value: T } | undefined;
  return async (key: readonly unknown[], make: () => Promise<T>): Promise<T> => {
    const name = JSON.stringify(key);
    if (made?.key === name) return made.value;
    await made?.value.dispose();
    made = undefined;
    made = { key: name, value: await make() };
    return made.value;
  };
}

/** Calls `beforeRun` before each run of a program; if it throws, the program does not run. */
function interruptible({ device, load, dispose }: Engine, beforeRun: () => void): Engine {
  return {
    device,
    async load(source) {
      const { run, ...program } = await load(source);
      return {
        ...program,
        run: async (feeds) => {
          beforeRun();
          return run(feeds);
        },
      };
    },
    dispose,
  };
}

interface Explainer {
  readonly question: ExplainRequest;
  readonly recipe: Recipe;
  readonly depth: Depth;
  readonly classNames: readonly string[];
  readonly target: Target;
  readonly maker: MapMaker;
  readonly checker: FaithfulnessChecker | null;
  readonly overlays: OverlayWriter | null;
}

interface Failed {
  readonly image: string;
  readonly problem: UserError;
}
interface Ready {
  readonly image: string;
  readonly problem?: undefined;
  readonly trueLabel: number | null;
  readonly seen: SeenImage;
  /** The class to explain, or `predictedClass`. */
  readonly label: number;
}
type Mapped = Ready & { readonly mapped: MappedView };

async function explainAll(explainer: Explainer, { on, signal }: ExplainIo): Promise<number> {
  const { question, maker, checker } = explainer;
  const total = question.images.length;
  let [done, explained] = [0, 0];
  const prepare = (images: readonly string[]) => Promise.all(images.map((image) => readyImage(image, explainer)));
  for await (const { prepared } of lookahead(chunks(question.images, maker.batch), 1, prepare)) {
    signal?.throwIfAborted();
    for (const each of await withMaps(prepared, maker, question.method)) {
      signal?.throwIfAborted();
      on(each.problem ? problemLine(each) : await explanationOf(each, explainer));
      if (!each.problem) explained++;
      done++;
      // With the check every image takes seconds; without it, progress per batch is enough.
      if (done < total && (checker || done % maker.batch === 0)) on({ type: 'progress', done, total });
    }
  }
  return explained;
}

/** In the given order. */
async function withMaps(
  prepared: readonly (Ready | Failed)[],
  maker: MapMaker,
  method: Question['method'],
): Promise<readonly (Mapped | Failed)[]> {
  const ready = prepared.filter((each) => each.problem === undefined);
  const maps = await maker.maps(
    ready.map(({ seen }) => seen.view),
    ready.map(({ label }) => label),
    method,
  );
  return prepared.map((each) => {
    if (each.problem) return each;
    const mapped = maps[ready.indexOf(each)]!;
    if (mapped.logits.every(Number.isFinite)) return { ...each, mapped };
    const reason = 'what the network says of it is not a finite number';
    return { image: each.image, problem: new UserError('imageUnusable', { file: each.image, reason }) };
  });
}

async function readyImage(image: string, { recipe, depth, classNames, target }: Explainer): Promise<Ready | Failed> {
  const trueLabel = trueLabelOf(image, classNames);
  try {
    const seen = await seenImage(image, recipe.imageSize, recipe.color, depth);
    return { image, trueLabel, seen, label: askedLabel(target, trueLabel, image, classNames) };
  } catch (error) {
    if (error instanceof UserError) return { image, problem: error };
    throw error;
  }
}

async function explanationOf(
  { image, trueLabel, seen, label, mapped }: Mapped,
  { question, recipe, depth, classNames, checker, overlays }: Explainer,
): Promise<Explanation> {
  const { of, layer, method } = question;
  const { logits, map, side } = mapped;
  const probabilities = [...softmaxRows(logits, logits.length)];
  const predictedLabel = indexOfLargest(logits);
  const targetLabel = label < 0 ? predictedLabel : label;
  const className = classNames[targetLabel]!;
  const about = { question, map, className, probability: probabilities[targetLabel]! };
  const leftOut = checker && checkLeftOut(about);
  return {
    type: 'explanation',
    image,
    classNames: [...classNames],
    probabilities,
    predictedLabel,
    trueLabel,
    targetLabel,
    of,
    layer,
    method,
    map: heatMapOf(map.values, side, side),
    rawMaximum: map.rawMaximum,
    view: seen.place,
    remarks: remarksOf({
      ...about,
      network: recipe.network,
      medical: recipe.medical,
      clipped: seen.clippedFrom === null ? null : { depth, largest: seen.clippedFrom },
    }),
    check: checker && !leftOut ? await checker.check(seen.view, targetLabel, mapped) : null,
    checkLeftOut: leftOut,
    overlayFile: overlays && (await overlays.write(image, seen.view, map.values, side, className)),
  };
}

const problemLine = ({ image, problem: { code, params, message } }: Failed): ExplanationLine => ({
  type: 'problem',
  image,
  problem: { code, params },
  sentence: message,
});

const overlaysOf = (question: ExplainRequest, folder: string, recipe: Recipe, { dataset }: RunState): OverlayWriter =>
  overlayWriter({
    folder,
    imageSize: recipe.imageSize,
    colors: question.colors,
    dataset,
    kind: [question.method.replace('++', '-plus-plus'), question.layer, question.of].join('.'),
  });

const batchOf = ({ layer, images }: ExplainRequest, imageSize: number): number =>
  Math.max(1, Math.min(batchFor(layer, imageSize), images.length));

function* chunks<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length);
}
