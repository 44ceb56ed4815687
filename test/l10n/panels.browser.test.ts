// All texts of the panels are translated: drawn in an invented language, remaining plain letters must be data.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import { atProbability } from '../../shared/contracts/scores.ts';
import { problemStrings } from '../../shared/strings/problems.ts';
import { panelStrings } from '../../shared/strings/strings.ts';
import { camChoices } from '../../src/explanation/camChoices.ts';
import { escaped, pseudo, pseudoTranslate } from '../support/pseudo.ts';
import { compared, snapshotOf as comparison, predictionsMessage } from '../webview/support/comparisons.ts';
import { snapshotOf as evaluated, manySnapshot, unlabelledSnapshot } from '../webview/support/evaluations.ts';
import {
  checkedAnswer,
  explained as explainedAnswer,
  snapshot as explanationSnapshot,
  pathOf,
} from '../webview/support/explanations.ts';
import { noChromium, panelOf } from '../webview/support/panelPage.ts';
import { card, manyClasses, snapshot as sheetSnapshot } from '../webview/support/sheets.ts';
import {
  animalsRun,
  chestXrayRun,
  samplesOf,
  snapshotOf,
  standingOf,
  upToEpoch,
} from '../webview/support/transcripts.ts';

const strings = Object.fromEntries(
  Object.entries({ ...panelStrings, ...problemStrings }).map(([key, english]) => [key, pseudo(english)]),
);
const chest = chestXrayRun();
const animals = animalsRun();
const at8 = upToEpoch(chest.events, 8);
const pictured = snapshotOf(chest, [...at8, samplesOf(chest)], chest.predictions.get(8)!, {
  nextSeq: at8.length,
  strings,
});
const [a, b, c] = [
  compared({ index: 0, separation: 0.6 }),
  compared({ index: 1, separation: 2, recipe: { seed: 7, imageSize: 256 } }),
  compared({
    index: 2,
    state: { fingerprint: 'e'.repeat(64), weights: { kind: 'random', name: 'random', sha256: null, verified: false } },
  }),
] as const;

/** Data of the runs, the same in every language: names of runs, classes and files, contents of findings, fields and values of the recipe. */
const data = [
  ...[chest, animals].flatMap(({ runId, events }) => [
    runId,
    ...events.flatMap((event) => {
      if (event.type === 'started') return [event.dataset, JSON.stringify(event.recipe)];
      if (event.type === 'checked') return [...event.classNames, ...event.findings.flatMap(wordsOfFinding)];
      return event.type === 'weightsLoaded' ? [event.weights.name] : [];
    }),
  ]),
  ...samplesOf(chest).images.map(({ relativePath }) => relativePath),
  ...[a, b, c].flatMap(({ run, predictions }) => [run.id, run.name, run.when, ...predictions.relativePaths]),
];
const units = ['min', 'GB', 'MB', 'ms', 'CPU', 'ONNX Runtime'];

const ranChest = (events: Parameters<typeof snapshotOf>[1], epoch: number | null = null) =>
  snapshotOf(chest, events, epoch === null ? null : chest.predictions.get(epoch)!, { strings });
/** Problems without words of their own: their parameters are data. */
const told: RunEvent[] = [
  { type: 'warning', problem: { code: 'imagesSkipped', params: { count: 3, relativePath: '1', reason: '2' } } },
  { type: 'alarm', epoch: 3, problem: { code: 'alarmDiverging', params: { now: 3, low: 1 } } },
  { type: 'ended', reason: 'failed', problem: { code: 'diskFull', params: { file: '1' } }, elapsedMs: 1 },
];
const runScenes = {
  'a run that trains, with its images': { posts: [pictured] },
  'a paused run': { posts: [{ ...pictured, run: { ...pictured.run, status: 'paused' } }] },
  'a finished run': { posts: [snapshotOf(chest, chest.events, chest.predictions.get(null)!, { strings })] },
  'a finished run of four classes': {
    posts: [snapshotOf(animals, animals.events, animals.predictions.get(null)!, { strings })],
  },
  'a run that waits': { posts: [ranChest([chest.events[0]!, { type: 'queued', ahead: 2 }])] },
  'a run that begins': { posts: [ranChest(chest.events.slice(0, 3))] },
  'a failed run with warnings and an alarm': {
    posts: [
      snapshotOf(animals, [...upToEpoch(animals.events, 4), ...told], animals.predictions.get(4)!, {
        strings,
        standing: standingOf(animals, [{ type: 'ended', reason: 'failed', problem: null, elapsedMs: 1 }], {
          phase: 'ended',
          resumable: true,
          lastLines: ['…'],
        }),
      }),
    ],
  },
};

const comparisons = {
  'two runs': { posts: [{ ...comparison([a, b]), strings }, predictionsMessage(a), predictionsMessage(b)] },
  'runs that are unlike': { posts: [{ ...comparison([a, c]), strings }] },
};

const evaluationScene = (message: ReturnType<typeof evaluated>) => {
  const { subject, shown } = message;
  const own = [subject.name, subject.when, subject.network!, subject.folder!, ...subject.classNames];
  return { posts: [message], own: [...own, ...subject.notes, ...shown!.relativePaths] };
};
const evaluations = {
  'two classes': evaluationScene(
    evaluated({ strings, places: { gone: ['a.png'], moved: [{ from: 'b.png', to: 'c.png' }] } }),
  ),
  'two classes, calibrated and elsewhere': evaluationScene(
    evaluated({ strings }, { threshold: { ...atProbability(0.4), from: 'val' } }),
  ),
  'four classes': evaluationScene(manySnapshot({ strings })),
  'one class only': evaluationScene(evaluated({ strings, shown: oneClass(evaluated().shown!) })),
  'images without labels': evaluationScene({ ...unlabelledSnapshot(), strings }),
  'a matrix alone': evaluationScene(evaluated({ strings, compact: true })),
};

const explained = (count: number) => explanationSnapshot(count, { choices: camChoices(pseudoTranslate), strings });
/** Words of the host, which has its own tests; layers and colour maps have one name in every language. */
const ownOfMaps = (() => {
  const { runId, runName, images } = explained(12);
  const { remarkTexts, verdictTexts } = checkedAnswer(pathOf(0));
  const names = ['layer', 'Jet', 'Viridis', 'Inferno'];
  return [
    ...names,
    runId,
    runName,
    ...images.flatMap(({ name, path }) => [name, path]),
    ...remarkTexts,
    ...verdictTexts,
  ];
})();
const explanations = {
  'an image that waits for its map': { posts: [explained(1)], own: ownOfMaps },
  'one map': { posts: [explained(1), explainedAnswer(pathOf(0))], own: ownOfMaps },
  'one map that was checked': { posts: [explained(1), checkedAnswer(pathOf(0))], own: ownOfMaps },
  'a wall of maps': {
    posts: [explained(12), ...Array.from({ length: 9 }, (_, i) => explainedAnswer(pathOf(i)))],
    own: ownOfMaps,
  },
};

const ownOfSheets = [
  card.name,
  card.folder,
  ...card.classNames,
  ...card.warningTexts,
  card.imbalanceText!,
  card.check!.recipe,
  card.check!.summary,
  ...card.check!.findings.flatMap(wordsOfFinding),
  ...sheetSnapshot().groups.flatMap(({ sample }) =>
    sample.flatMap(({ relativePath, marks }) => [relativePath, ...marks.map((mark) => JSON.stringify(mark))]),
  ),
];
const sheetOf = (changes: Parameters<typeof sheetSnapshot>[0]) => ({
  posts: [sheetSnapshot({ strings, ...changes })],
  own: ownOfSheets,
});
const classes = manyClasses(12);
const sheets = {
  'a dataset in three splits': sheetOf({}),
  'a check that is old': sheetOf({
    card: { ...card, isChecking: true, check: { ...card.check!, isOutdated: true } },
  }),
  'no classes': sheetOf({ groups: [], card: { ...card, classNames: [], splits: [], check: null } }),
  'a flat dataset': {
    posts: [{ ...classes, strings }],
    own: [
      ...ownOfSheets,
      ...classes.card.classNames,
      ...classes.groups.flatMap(({ sample }) => sample.map(({ relativePath }) => relativePath)),
    ],
  },
};

function oneClass(scores: NonNullable<ReturnType<typeof evaluated>['shown']>): typeof scores {
  return { ...scores, labels: scores.labels!.map(() => 1) };
}

describe('every word of each panel is translated in an invented test language', { skip: noChromium }, () => {
  /** Scenes of one panel: the only plain letters are `own` words of the scene and data. */
  function holdsFor<To>(
    entry: string,
    scenes: Readonly<Record<string, { posts: readonly To[]; own?: readonly string[] }>>,
  ): void {
    describe(entry, () => {
      const { onPanel } = panelOf<{ type: string }, To>(entry);
      for (const [name, { posts, own = data }] of Object.entries(scenes))
        test(name, () =>
          onPanel(posts, async (panel) => {
            for (const summary of await panel.page.locator('sh-number-table summary').all()) await summary.click();
            const texts = await panel.page.evaluate(readWords);
            assert.ok(texts.length > 10);
            assert.deepEqual(escaped(texts, [...own, ...units]), []);
          }),
        );
    });
  }
  holdsFor('run', runScenes);
  holdsFor('compare', comparisons);
  holdsFor('evaluation', evaluations);
  holdsFor('explanation', explanations);
  holdsFor('sheet', sheets);
});

/** Its kind is one of our words. */
function wordsOfFinding({ kind: _, ...finding }: Finding): string[] {
  return Object.values(finding).flat().map(String);
}

/** Runs in the page: text read by eye or by a screen reader. */
function readWords(): string[] {
  const told = [
    'aria-label',
    'aria-description',
    'aria-valuetext',
    'aria-roledescription',
    'title',
    'alt',
    'placeholder',
  ];
  const texts: string[] = [];
  const read = (node: Node): void => {
    if (node instanceof Text) texts.push(node.data.trim());
    if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return;
    if (node instanceof Element) {
      for (const name of told) texts.push(node.getAttribute(name) ?? '');
      for (const child of node.shadowRoot?.childNodes ?? []) read(child);
    }
    for (const child of node.childNodes) read(child);
  };
  read(document.body);
  return [...new Set(texts)].filter((text) => text !== '');
}
