// No word of a panel escapes translation: drawn in a language that nobody speaks, what is left in plain letters must be data.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../runner/contracts/finding.ts';
import { panelStrings } from '../../webview/strings.ts';
import { escaped, pseudo } from '../support/pseudo.ts';
import { darkModern } from '../support/themes.ts';
import { compared, snapshotOf as comparison, predictionsMessage } from '../webview/support/comparisons.ts';
import { snapshotOf as evaluated, manySnapshot, unlabelledSnapshot } from '../webview/support/evaluations.ts';
import { launch, noChromium } from '../webview/support/panelPage.ts';
import {
  animalsRun,
  chestXrayRun,
  samplesOf,
  snapshotOf,
  standingOf,
  upToEpoch,
} from '../webview/support/transcripts.ts';

const strings = Object.fromEntries(Object.entries(panelStrings).map(([key, english]) => [key, pseudo(english)]));
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

/** What the runs themselves say, in any language: names of runs, classes and files, what a finding tells, fields and values of the recipe. */
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

const runScenes = {
  'a run that trains, with its images': pictured,
  'a paused run': { ...pictured, run: { ...pictured.run, status: 'paused' } },
  'a finished run': snapshotOf(chest, chest.events, chest.predictions.get(null)!, { strings }),
  'a finished run of four classes': snapshotOf(animals, animals.events, animals.predictions.get(null)!, { strings }),
  'a run that waits': snapshotOf(chest, [chest.events[0]!, { type: 'queued', ahead: 2 }], null, { strings }),
  'a run that begins': snapshotOf(chest, chest.events.slice(0, 3), null, { strings }),
  'a failed run': snapshotOf(animals, upToEpoch(animals.events, 4), animals.predictions.get(4)!, {
    strings,
    standing: standingOf(animals, [{ type: 'ended', reason: 'failed', problem: null, elapsedMs: 1 }], {
      phase: 'ended',
      resumable: true,
      lastLines: ['…'],
    }),
  }),
} as const;

const comparisons = {
  'two runs': [comparison([a, b]), predictionsMessage(a), predictionsMessage(b)],
  'runs that are unlike': [comparison([a, c])],
} as const;

const evaluations = {
  'two classes': evaluated({ strings, places: { gone: ['a.png'], moved: [{ from: 'b.png', to: 'c.png' }] } }),
  'two classes, calibrated and elsewhere': evaluated({ strings }, { threshold: { value: 0.4, from: 'val' } }),
  'four classes': manySnapshot({ strings }),
  'one class only': evaluated({ strings, shown: oneClass(evaluated().shown!) }),
  'images without labels': { ...unlabelledSnapshot(), strings },
  'a matrix alone': evaluated({ strings, compact: true }),
} as const;

function oneClass(scores: NonNullable<ReturnType<typeof evaluated>['shown']>): typeof scores {
  return { ...scores, labels: scores.labels!.map(() => 1) };
}

describe('panels in a language that nobody speaks', { skip: noChromium }, () => {
  test('the run panel leaves no word untranslated', async () => {
    const panels = await launch();
    try {
      for (const [name, message] of Object.entries(runScenes)) {
        const panel = await panels.open({ theme: darkModern, width: 1200 });
        await panel.post(message);
        await panel.drawn();
        const texts = await panel.page.evaluate(readWords);
        assert.ok(texts.length > 10, name);
        assert.deepEqual(escaped(texts, [...data, ...units]), [], name);
      }
    } finally {
      await panels.close();
    }
  });

  test('the panel that compares leaves no word untranslated', async () => {
    const panels = await launch('compare.ts');
    try {
      for (const [name, [first, ...rest]] of Object.entries(comparisons)) {
        const panel = await panels.open({ theme: darkModern, width: 1200 });
        for (const message of [{ ...first!, strings }, ...rest]) await panel.post(message);
        await panel.drawn();
        const texts = await panel.page.evaluate(readWords);
        assert.ok(texts.length > 10, name);
        assert.deepEqual(escaped(texts, [...data, ...units]), [], name);
      }
    } finally {
      await panels.close();
    }
  });

  test('the evaluation panel leaves no word untranslated', async () => {
    const panels = await launch('evaluation.ts');
    try {
      for (const [name, message] of Object.entries(evaluations)) {
        const panel = await panels.open({ theme: darkModern, width: 1200 });
        await panel.post(message);
        await panel.drawn();
        for (const summary of await panel.page.locator('sh-number-table summary').all()) await summary.click();
        const { subject, shown } = message;
        const own = [subject.name, subject.when, subject.network!, subject.folder!, ...subject.classNames];
        const texts = await panel.page.evaluate(readWords);
        assert.ok(texts.length > 10, name);
        assert.deepEqual(escaped(texts, [...own, ...subject.notes, ...shown!.relativePaths]), [], name);
      }
    } finally {
      await panels.close();
    }
  });
});

/** Its kind is a word of ours. */
function wordsOfFinding({ kind: _, ...finding }: Finding): string[] {
  return Object.values(finding).flat().map(String);
}

/** Runs in the page: what is read, by eye or by a screen reader. */
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
