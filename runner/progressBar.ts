import { Presets, SingleBar } from 'cli-progress';
import type { RunEvent } from './contracts/events.ts';
import { duration } from './report.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;

/** The live line of a terminal. `print` writes a permanent line above it. */
export interface ProgressLine {
  show(progress: Progress): void;
  print(line: string): void;
  end(): void;
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

export function progressLine(output: NodeJS.WriteStream): ProgressLine {
  const bar = new SingleBar(
    {
      format: '{place} {bar} {value}/{total} {pace}',
      stream: output,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 28,
      forceRedraw: true,
    },
    Presets.shades_classic,
  );
  let running = false;
  const stop = () => {
    if (running) bar.stop();
    running = false;
  };
  return {
    show({ phase, done, total, epoch, imagesPerSecond, etaMs }) {
      const place = `${names[phase]}${epoch === null ? '' : `, epoch ${epoch}`}`.padEnd(24);
      const pace = [
        imagesPerSecond === null ? '' : `${imagesPerSecond.toFixed(1)} images/s`,
        etaMs === null ? '' : `${duration(etaMs)} left`,
      ]
        .filter(Boolean)
        .join(', ');
      if (!running) bar.start(total, done, { place, pace });
      running = true;
      bar.setTotal(total);
      bar.update(done, { place, pace });
    },
    print(line) {
      stop();
      output.write(`${line}\n`);
    },
    end: stop,
  };
}

/** Where nobody watches (a file, a pipe): permanent lines only. */
export const plainLine = (output: NodeJS.WritableStream): ProgressLine => ({
  show() {},
  print: (line) => output.write(`${line}\n`),
  end() {},
});
