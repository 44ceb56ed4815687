// The story of `shoulders explain`: run folder -> network -> batches of images -> a map each -> overlays and checks, told line by line.
import { UserError } from './contracts/errors.ts';
import { type Explanation, type ExplanationLine, heatMapOf, type Remark } from './contracts/explanation.ts';
import type { HeatColors } from './contracts/heatMap.ts';
import type { Recipe } from './contracts/recipe.ts';
import type { RunState } from './contracts/runState.ts';
import { createCpuEngine, EngineOutOfMemory } from './engine/cpuEngine.ts';
import type { Engine } from './engine/engine.ts';
import { defaultThreads } from './engine/threads.ts';
import { type FaithfulnessChecker, faithfulnessChecker } from './explain/faithfulness.ts';
import { batchFor, type MapMaker, type MappedView, mapMaker, type Question } from './explain/mapMaker.ts';
import { type OverlayWriter, overlayWriter } from './explain/overlayFiles.ts';
import { remarksOf } from './explain/remarks.ts';
import { type SeenImage, seenImage } from './explain/seenImage.ts';
import { askedLabel, type Target, targetOf, trueLabelOf } from './explain/target.ts';
import { softmaxRows } from './metrics/logLoss.ts';
import { readRun } from './store/readRun.ts';
import { lookahead } from './training/lookahead.ts';
import { readTrainedModel } from './weights/trained.ts';

export interface ExplainJob extends Question {
  /** Absolute, as all paths here. */
  readonly runFolder: string;
  readonly images: readonly string[];
  /** As `--class` takes it: see `explanationTargets`. */
  readonly target: string;
  readonly check: boolean;
  /** Where overlays go; null: none are drawn. */
  readonly overlayFolder: string | null;
  readonly colors: HeatColors;
  readonly threads: number | null;
}

export interface ExplainIo {
  on(line: ExplanationLine): void;
  /** Ends after the batch that is being worked on. */
  readonly signal?: AbortSignal;
  readonly createEngine?: (threads: number) => Engine;
}

/**
 * Lines come in the order of the images.
 *
 * @returns how many images could be explained
 * @throws UserError runNotFound, runBroken, runNewer, runWithoutWeights, weightsBroken and its like, classUnknown, cannotSave, diskFull,
 * engineFailed; the signal's reason
 */
export async function explain(job: ExplainJob, io: ExplainIo): Promise<number> {
  const { state } = await readRun(job.runFolder);
  const { recipe, classNames } = state;
  if (recipe === null || classNames.length < 2)
    throw new UserError('runWithoutWeights', { run: state.runId, file: 'model.safetensors' });
  const target = targetOf(job.target, classNames);
  const { parameters } = await readTrainedModel(job.runFolder, recipe.network, classNames.length);
  const network = { architecture: recipe.network, parameters, imageSize: recipe.imageSize };
  const engine = (io.createEngine ?? createCpuEngine)(job.threads ?? defaultThreads());
  try {
    const maker = await mapMaker(engine, network, job, batchOf(job, recipe.imageSize));
    const checker = job.check ? await faithfulnessChecker(engine, network, job, recipe.seed) : null;
    const overlays = job.overlayFolder === null ? null : overlaysOf(job, job.overlayFolder, recipe, state);
    return await explainAll({ job, recipe, classNames, target, maker, checker, overlays }, io);
  } catch (error) {
    if (!(error instanceof EngineOutOfMemory)) throw error;
    const reason = `not enough memory to explain at ${job.layer}; a layer nearer to the decision takes less`;
    throw new UserError('engineFailed', { engine: 'cpu', reason }, { cause: error });
  } finally {
    await engine.dispose();
  }
}

interface Explainer {
  readonly job: ExplainJob;
  readonly recipe: Recipe;
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
  readonly asked: number;
}
type Mapped = Ready & { readonly mapped: MappedView };

async function explainAll(explainer: Explainer, { on, signal }: ExplainIo): Promise<number> {
  const { job, maker, checker } = explainer;
  const total = job.images.length;
  let [done, explained] = [0, 0];
  const prepare = (images: readonly string[]) => Promise.all(images.map((image) => readyImage(image, explainer)));
  for await (const { prepared } of lookahead(chunks(job.images, maker.batch), 1, prepare)) {
    signal?.throwIfAborted();
    for (const each of await withMaps(prepared, maker)) {
      signal?.throwIfAborted();
      on(each.problem ? problemLine(each) : await explanationOf(each, explainer));
      if (!each.problem) explained++;
      done++;
      // With the check every image takes seconds, without it batches come at once.
      if (done < total && (checker || done % maker.batch === 0)) on({ type: 'progress', done, total });
    }
  }
  return explained;
}

/** In the order given. */
async function withMaps(prepared: readonly (Ready | Failed)[], maker: MapMaker): Promise<readonly (Mapped | Failed)[]> {
  const ready = prepared.filter((each) => each.problem === undefined);
  const maps = await maker.maps(
    ready.map(({ seen }) => seen.view),
    ready.map(({ asked }) => asked),
  );
  return prepared.map((each) => {
    if (each.problem) return each;
    const mapped = maps[ready.indexOf(each)]!;
    if (mapped.logits.every(Number.isFinite)) return { ...each, mapped };
    const reason = 'what the network says of it is not a finite number';
    return { image: each.image, problem: new UserError('imageUnusable', { file: each.image, reason }) };
  });
}

async function readyImage(image: string, { recipe, classNames, target }: Explainer): Promise<Ready | Failed> {
  const trueLabel = trueLabelOf(image, classNames);
  try {
    const seen = await seenImage(image, recipe.imageSize, recipe.color);
    return { image, trueLabel, seen, asked: askedLabel(target, trueLabel, image, classNames) };
  } catch (error) {
    if (error instanceof UserError) return { image, problem: error };
    throw error;
  }
}

async function explanationOf(
  { image, trueLabel, seen, asked, mapped }: Mapped,
  { job, recipe, classNames, checker, overlays }: Explainer,
): Promise<Explanation> {
  const { of, layer, method } = job;
  const { logits, map, side } = mapped;
  const probabilities = [...softmaxRows(logits, logits.length)];
  const predictedLabel = logits.indexOf(Math.max(...logits));
  const targetLabel = asked < 0 ? predictedLabel : asked;
  const remarks: Remark[] = remarksOf({
    question: job,
    map,
    className: classNames[targetLabel]!,
    probability: probabilities[targetLabel]!,
    medical: recipe.medical,
  });
  const isEven = map.rawMaximum === map.rawMinimum;
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
    remarks,
    check: checker && !isEven ? await checker.check(seen.view, targetLabel, mapped) : null,
    overlayFile: overlays && (await overlays.write(image, seen.view, map.values, side, classNames[targetLabel]!)),
  };
}

const problemLine = ({ image, problem: { code, params, message } }: Failed): ExplanationLine => ({
  type: 'problem',
  image,
  problem: { code, params },
  sentence: message,
});

const overlaysOf = (job: ExplainJob, folder: string, recipe: Recipe, { dataset }: RunState): OverlayWriter =>
  overlayWriter({
    folder,
    imageSize: recipe.imageSize,
    colors: job.colors,
    dataset,
    kind: [job.method.replace('++', '-plus-plus'), job.layer, job.of].join('.'),
  });

const batchOf = ({ layer, images }: ExplainJob, imageSize: number): number =>
  Math.max(1, Math.min(batchFor(layer, imageSize), images.length));

function* chunks<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length);
}
