// Reads the content of an evaluation panel from a run folder or an evaluation record. Unreadable parts become sentences: the panel
// opens and shows them. Absent: the panel, the page's addresses.
import { basename, isAbsolute } from 'node:path';
import type { EvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { recordFiles } from '../../../shared/contracts/classification/evaluationRecord.ts';
import {
  parsePredictions,
  parseRecordedPredictions,
  problemsOf,
  type UnlabelledPredictions,
} from '../../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { loggedHash } from '../../../shared/contracts/fileHashes.ts';
import { files } from '../../../shared/contracts/run.ts';
import { evaluatedThreshold } from '../../../shared/contracts/runState.ts';
import { storedThreshold } from '../../../shared/contracts/scores.ts';
import { isMissing } from '../../../shared/files/systemError.ts';
import type { EvaluationSource, Scores, Subject } from '../../../shared/messages/evaluation.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { readEvaluationRecord } from '../../../shared/runFolder/evaluationRecords.ts';
import { readVerified } from '../../../shared/runFolder/verified.ts';
import { datasetName, type Run } from '../../runs/runs.ts';
import type { Translate } from '../../words/translate.ts';

/** The panel adds the parts of a subject that need the window. */
export type ReadSubject = Omit<Subject, 'when' | 'imageRoot' | 'mayRelabel' | 'mayExplain' | 'folder' | 'notes'> & {
  readonly at: Date;
  /** Absolute path; null: unknown. */
  readonly dataset: string | null;
  /** Folder names of the classes whose folder has another name. */
  readonly folderOfClass: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
};

export interface Reading {
  readonly subject: ReadSubject;
  readonly shown: Scores | null;
  readonly problem: string | null;
  readonly validation: Scores | null;
}

export interface ReaderParts {
  /** The run with all its epochs. */
  readonly run: (runId: string) => Promise<Run | undefined>;
  readonly t: Translate;
  /** A problem's sentence in the editor's language. */
  readonly wording: (problem: EvaluationRecord['warnings'][number]) => string;
}

/** undefined: there is no such run. @throws Error for an invalid record */
export async function readEvaluation(source: EvaluationSource, parts: ReaderParts): Promise<Reading | undefined> {
  if (source.kind === 'record') return readRecord(source, parts);
  const run = await parts.run(source.runId);
  return run && readSplit(source, run, parts);
}

async function readSplit(
  source: Extract<EvaluationSource, { kind: 'split' }>,
  run: Run,
  parts: ReaderParts,
): Promise<Reading> {
  const { t } = parts;
  const { state } = run;
  const own = evaluatedThreshold(state.evaluation);
  const validation = await attempt(() => validationScores(run), parts);
  const shown = source.split === 'val' ? validation : await attempt(() => testScores(run), parts);
  const missing =
    source.split === 'val'
      ? t('This run has no validation predictions yet: they are written after its first epoch.')
      : t(
          'This run has no test predictions: they are written when a run finishes. Its validation split can be viewed.',
        );
  return {
    subject: {
      source,
      name: datasetName(run),
      at: run.createdAt,
      runId: run.id,
      network: state.recipe?.network ?? null,
      epoch: state.evaluation?.keptEpoch ?? (source.split === 'val' ? (state.epochs.at(-1)?.epoch ?? null) : null),
      modelFile: null,
      classNames: state.classNames,
      positiveClass: state.evaluation?.positiveClass ?? state.recipe?.positiveClass ?? null,
      medical: state.recipe?.medical ?? false,
      initialWeights: state.weights?.kind ?? null,
      threshold: own && { ...own, from: 'val' },
      temperature: null,
      split: source.split,
      dataset: state.dataset,
      folderOfClass: new Map(),
      notes: [...new Set([...shown.notes, ...validation.notes])],
    },
    shown: shown.value,
    problem: shown.value ? null : (shown.problem ?? missing),
    validation: validation.value,
  };
}

async function readRecord(source: Extract<EvaluationSource, { kind: 'record' }>, parts: ReaderParts): Promise<Reading> {
  const { run, t, wording } = parts;
  const record = await readEvaluationRecord(source.folder);
  const { model, data, classNames } = record;
  const shown = await attempt(
    async () => ({
      file: recordFiles.predictions,
      scores: parseRecordedPredictions(
        await readVerified(source.folder, recordFiles.predictions, record.files?.[recordFiles.predictions]),
        classNames,
      ),
    }),
    parts,
  );
  const keptEpoch = model.kind === 'run' ? model.keptEpoch : 0;
  const known = model.runId === null ? undefined : await run(model.runId);
  const validation =
    known !== undefined && sameList(known.state.classNames, classNames)
      ? // Of the weights that were evaluated: of a run without a test these are not always its newest.
        await attempt(() => validationScores(known, keptEpoch || undefined), parts)
      : null;
  return {
    subject: {
      source,
      name: basename(data.folder),
      at: new Date(record.createdAt),
      runId: known?.id ?? null,
      network: record.network,
      epoch: model.kind === 'run' ? model.keptEpoch : null,
      modelFile: model.kind === 'onnx' ? basename(model.file) : null,
      classNames,
      positiveClass: record.positiveClass,
      medical: record.medical,
      initialWeights: known?.state.weights?.kind ?? null,
      threshold: record.threshold && {
        ...storedThreshold(record.threshold.value, record.threshold.logOdds),
        from: record.threshold.from,
      },
      temperature: record.temperature,
      split: data.split,
      dataset: data.folder,
      folderOfClass: new Map(data.classMapping.map(({ folder, className }) => [className, folder])),
      notes: [
        ...(data.labelled
          ? []
          : [t('These images have no labels: there are predictions, but nothing to compare them with.')]),
        ...record.warnings.map(wording),
        ...shown.notes,
        ...(validation?.notes ?? []),
      ],
    },
    shown: shown.value,
    problem: shown.value ? null : (shown.problem ?? t('This record has no predictions.')),
    validation: validation?.value ?? null,
  };
}

interface ReadScores {
  /** Path for display. */
  readonly file: string;
  readonly scores: UnlabelledPredictions & { readonly labels: number[] | null };
}

/** Predictions of the kept weights once the run was evaluated, else of the given or the newest epoch. null: there are none. */
async function validationScores(run: Run, epoch = run.state.epochs.at(-1)?.epoch): Promise<ReadScores | null> {
  if (run.state.evaluation) return scoresIn(run, files.predictions('val'));
  return epoch === undefined ? null : scoresIn(run, files.epochPredictions(epoch));
}

async function testScores(run: Run): Promise<ReadScores | null> {
  return run.state.evaluation ? scoresIn(run, files.predictions('test')) : null;
}

async function scoresIn({ folder, state }: Run, file: string): Promise<ReadScores> {
  const text = await readVerified(folder, file, loggedHash(state, file));
  return { file, scores: parsePredictions(text, state.classNames) };
}

interface Attempt {
  readonly value: Scores | null;
  readonly problem: string | null;
  /** Skipped rows. */
  readonly notes: readonly string[];
}

async function attempt(read: () => Promise<ReadScores | null>, { t, wording }: ReaderParts): Promise<Attempt> {
  try {
    const found = await read();
    if (found === null) return { value: null, problem: null, notes: [] };
    const { leftOut, tied, logits, ...columns } = found.scores;
    const value = { ...columns, logits: logitColumns(logits) };
    return { value, problem: null, notes: problemsOf({ leftOut, tied }, found.file).map(wording) };
  } catch (error) {
    if (error instanceof UserError) return { value: null, problem: wording(error), notes: [] };
    const gone = t('The predictions are no longer in the folder of the run or record: they were moved or deleted.');
    return {
      value: null,
      problem: isMissing(error) ? gone : error instanceof Error ? error.message : String(error),
      notes: [],
    };
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

/** null: there is no absolute folder to search. */
export const datasetFolder = (dataset: string | null): string | null =>
  dataset !== null && isAbsolute(dataset) ? dataset : null;
