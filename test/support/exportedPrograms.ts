// The programs beside an export, run by the instructions in their first lines, and their predictions beside the run's own table.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parsePredictions } from '../../shared/contracts/classification/predictionsFile.ts';
import { evaluatedThreshold, type RunState } from '../../shared/contracts/runState.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import { forgetHashes } from './olderRun.ts';

export interface ProgramLine {
  readonly decision: string;
  readonly probabilities: Record<string, number>;
  readonly logits: Record<string, number>;
  readonly calibrated: Record<string, number>;
}

type Predictions = ReturnType<typeof parsePredictions>;

export const testPredictionsOf = async (runFolder: string, { classNames }: RunState): Promise<Predictions> =>
  parsePredictions(await readFile(join(runFolder, 'predictions/test.csv'), 'utf8'), classNames);

/** A few images may not determine a temperature, so this adds one. */
export async function giveTemperature(runFolder: string, value: number): Promise<void> {
  const file = join(runFolder, 'evaluation.json');
  const evaluated = JSON.parse(await readFile(file, 'utf8'));
  const temperature = { ...evaluated.temperature, value, reason: null };
  await writeFile(file, JSON.stringify({ ...evaluated, temperature }));
  await forgetHashes(runFolder); // the log has the checksum of the original file
}

/** @param interpreter  Node or a Python */
export async function answersOfProgram(
  interpreter: string,
  program: string,
  dataset: string,
  { relativePaths }: Predictions,
): Promise<ProgramLine[]> {
  const images = relativePaths.map((path) => join(dataset, path));
  const { stdout } = await promisify(execFile)(interpreter, [program, ...images], { cwd: tmpdir() });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ProgramLine);
}

export interface ExpectedLines {
  readonly state: RunState;
  readonly predictions: Predictions;
  readonly temperature: number;
  readonly tolerance: number;
}

/** Matches the run's own table within the tolerance of half-precision features; decisions follow its threshold. Two classes. */
export function checkProgramLines(
  lines: readonly ProgramLine[],
  { state, predictions, temperature, tolerance }: ExpectedLines,
): void {
  const [negative, positive] = state.classNames as [string, string];
  const threshold = evaluatedThreshold(state.evaluation)?.logOdds ?? 0;
  const expectedOf = softmaxRows(predictions.logits, 2);
  assert.equal(lines.length, predictions.relativePaths.length);
  lines.forEach(({ probabilities, logits, calibrated, decision }, i) => {
    const expected = expectedOf[2 * i + 1]!;
    const off = Math.abs(probabilities[positive]! - expected);
    assert.ok(off < tolerance, `${predictions.relativePaths[i]}: off by ${off}`);
    const odds = (probabilities[positive]! / probabilities[negative]!) ** (1 / temperature);
    assert.ok(Math.abs(calibrated[positive]! - odds / (1 + odds)) < 1e-6);
    // By the program's own logits the decision equals the run's without any tolerance.
    assert.equal(decision, logits[positive]! - logits[negative]! >= threshold ? positive : negative);
  });
}
