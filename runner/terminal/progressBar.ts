import { Presets, SingleBar } from 'cli-progress';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { duration } from '../words/text.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;

/** Text and figures of one moment. */
export interface ProgressText {
  readonly place: string;
  readonly amount: string;
  readonly pace: string;
  readonly done: number;
  readonly total: number;
}

/** Progress of a long wait. `print` writes a permanent line. */
export interface ProgressLine {
  show(progress: Progress | ProgressText): void;
  print(line: string): void;
  /** Clears the live line; `show` may begin again. */
  end(): void;
}

/** For a terminal: one live line below the permanent ones. */
export function progressLine(output: NodeJS.WriteStream): ProgressLine {
  const bar = new SingleBar(
    {
      format: '{place} {bar} {amount}{pace}',
      stream: output,
      hideCursor: true,
      clearOnComplete: true,
      barsize: Math.min(28, Math.max(8, (output.columns ?? 80) - 72)),
    },
    Presets.shades_classic,
  );
  let running = false;
  const stop = () => {
    if (running) bar.stop();
    running = false;
  };
  return {
    show(progress) {
      const { done, total, place, amount, pace } = textOf(progress);
      const payload = { place: place.padEnd(20), amount, pace };
      if (!running) bar.start(total, done, payload);
      running = true;
      bar.setTotal(total);
      bar.update(done, payload);
    },
    print(line) {
      stop();
      output.write(`${line}\n`);
    },
    end: stop,
  };
}

/** For a file or a pipe, which nobody watches: one line a minute while nothing else is printed. */
export function plainLine(
  output: { write(text: string): unknown },
  nowMs: () => number = () => performance.now(),
): ProgressLine {
  let lastMs = nowMs();
  const print = (line: string) => {
    lastMs = nowMs();
    output.write(`${line}\n`);
  };
  return {
    show(progress) {
      const { place, amount, pace } = textOf(progress);
      if (nowMs() - lastMs >= 60_000) print(`${place}: ${amount}${pace}`);
    },
    print,
    end() {},
  };
}

const names: Record<Progress['phase'], string> = {
  checking: 'checking images',
  weights: 'loading weights',
  features: 'computing features',
  training: 'training',
  validating: 'validating',
  testing: 'testing',
  saving: 'saving',
};

const textOf = (progress: Progress | ProgressText): ProgressText =>
  'place' in progress
    ? progress
    : {
        place: placeOf(progress),
        amount: amountOf(progress),
        pace: paceOf(progress),
        done: progress.done,
        total: progress.total,
      };

const placeOf = ({ phase, epoch }: Progress): string => `${names[phase]}${epoch === null ? '' : `, epoch ${epoch}`}`;

function amountOf({ phase, done, total }: Progress): string {
  if (phase === 'saving') return '';
  return phase === 'weights' ? `${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB` : `${done} of ${total}`;
}

const paceOf = ({ imagesPerSecond, etaMs }: Progress): string =>
  (imagesPerSecond === null ? '' : `, ${imagesPerSecond.toFixed(1)} images/s`) +
  (etaMs === null ? '' : `, ${duration(etaMs)} left`);
