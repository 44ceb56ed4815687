// A run of many classes and images as its events: with matrices, tables and findings that grow with both.
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import { stream } from '../../shared/random.ts';
import { splitEvaluation, storyOfARun } from './storyOfARun.ts';

type Evaluated = Extract<RunEvent, { type: 'evaluated' }>;

export function storyOfManyClasses(pid: number, classCount: number, findingCount: number): RunEvent[] {
  const classNames = Array.from({ length: classCount }, (_, i) => `Species number ${i} (Genus ${i % 40})`);
  return storyOfARun(pid).map((event): RunEvent => {
    switch (event.type) {
      case 'checked':
        return { ...event, classNames, counts: countsOf(classCount), findings: findingsOf(findingCount) };
      case 'epoch': {
        const { val } = event.metrics;
        const recallPerClass = classNames.map((_, i) => 1 / (3 + i));
        return { ...event, metrics: { ...event.metrics, val: { ...val, recallPerClass } } };
      }
      case 'evaluated':
        return { ...event, val: splitOf('val', classNames), test: splitOf('test', classNames), threshold: null };
      default:
        return event;
    }
  });
}

const countsOf = (classCount: number) => {
  const of = (n: number) => Array.from({ length: classCount }, () => n);
  return { train: of(28), val: of(6), test: of(6) };
};

const findingsOf = (count: number): Finding[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'suspect',
    relativePath: `Species number ${i % 500}/photo ${i}.jpg`,
    reason: 'bytes follow its end marker',
  }));

function splitOf(name: string, classNames: readonly string[]): Evaluated['val'] {
  const random = stream(1, name);
  const confusionMatrix = classNames.map(() => classNames.map(() => Math.floor(20 * random() ** 6)));
  const perClass = classNames.map((className) => ({
    className,
    precision: random(),
    recall: random(),
    f1: random(),
    support: 6,
  }));
  const { byHighestProbability } = splitEvaluation;
  return {
    ...splitEvaluation,
    byHighestProbability: {
      ...byHighestProbability,
      confusionMatrix,
      report: { ...byHighestProbability.report, perClass },
    },
    byThreshold: null,
  };
}
