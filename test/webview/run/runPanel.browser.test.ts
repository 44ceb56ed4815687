// The run panel in real Chromium, under the product's policy, in the editor's four default themes: its texts and its requests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, type ErrorParams, sentenceOf, sentences } from '../../../shared/contracts/errors.ts';
import type { Problem, RunEvent } from '../../../shared/contracts/events.ts';
import { filled } from '../../../shared/filled.ts';
import type { FromPanel } from '../../../shared/messages/run.ts';
import { problemStrings } from '../../../shared/strings/problems.ts';
import { panelStrings } from '../../../shared/strings/strings.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';
import { animals, animalsFinished, chest, finished, training, withImages } from '../support/runScenes.ts';
import { snapshotOf, standingOf, upToEpoch } from '../support/transcripts.ts';

const german: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../l10n/bundle.l10n.de.json', import.meta.url)), 'utf8'),
);
/** Translations that the host sends in a German editor. */
const inGerman = Object.fromEntries(
  Object.entries({ ...panelStrings, ...problemStrings }).map(([key, english]) => [key, german[english]!]),
);
const germanOf = (code: ErrorCode, params: ErrorParams): string => filled(german[sentences[code]]!, params);

type Page = PanelPage<FromPanel>;

describe('run panel in Chromium', { skip: noChromium }, () => {
  const { open, onPanel, looksRightInEveryTheme } = panelOf<FromPanel, unknown>('run');

  const failed = snapshotOf(
    animals,
    [
      ...upToEpoch(animals.events, 4),
      {
        type: 'alarm',
        epoch: 3,
        problem: { code: 'alarmSmallValidation', params: { count: 16, value: '0.81', low: '0.57', high: '0.93' } },
      },
      {
        type: 'ended',
        reason: 'failed',
        problem: { code: 'runnerDied', params: { reason: 'signal 9', log: 'x.log' } },
        elapsedMs: 1,
      },
    ],
    animals.predictions.get(4)!,
    {
      standing: standingOf(animals, [], {
        phase: 'ended',
        resumable: true,
        lastLines: ['Reading 800 images', 'Killed'],
      }),
    },
  );
  const scenes = [
    { name: 'training', posts: [{ ...withImages, run: { ...withImages.run, status: 'paused' } }] },
    { name: 'failed', posts: [failed] },
    { name: 'finished', posts: [finished] },
    { name: 'animals', posts: [animalsFinished] },
  ];
  looksRightInEveryTheme('the panel', [400, 900, 1600], scenes);

  test('events after the snapshot are drawn as they arrive, and a gap requests a new snapshot', () =>
    onPanel([training], async (panel) => {
      const send = (seq: number) => panel.post({ type: 'event', seq, event: chest.events[seq] });
      const rows = () => panel.page.locator('sh-epoch-table tbody tr').count();
      const start = training.nextSeq;
      await send(start);
      await send(start + 1);
      await panel.drawn();
      assert.equal(await rows(), 9);
      assert.deepEqual(await panel.sent(), [{ type: 'ready' }]);
      await send(start + 4);
      await panel.drawn();
      assert.equal(await rows(), 9);
      assert.deepEqual(await panel.sent(), [{ type: 'ready' }, { type: 'ready' }]);
      await panel.post(finished);
      await panel.drawn();
      assert.equal(await rows(), 15);
    }));

  test('a message that violates the contract is rejected and a snapshot requested', async () => {
    const panel = await open({ width: 900 });
    await panel.post(training);
    await panel.drawn();
    await panel.post({ type: 'event', seq: training.nextSeq, event: { type: 'epoch', epoch: 'nine' } });
    await panel.drawn();
    assert.deepEqual(await panel.sent(), [{ type: 'ready' }, { type: 'ready' }]);
    assert.match(panel.troubles.join('\n'), /^console: A message of the editor was refused/);
    assert.equal(await panel.page.locator('sh-epoch-table tbody tr').count(), 8);
  });

  test('Stop sends one request and shows it until the run ends', () =>
    onPanel([training], async (panel) => {
      await panel.page.getByRole('button', { name: 'Stop' }).click();
      await panel.drawn();
      assert.deepEqual((await panel.sent()).at(-1), { type: 'stop' });
      assert.ok(await panel.page.getByRole('button', { name: 'Stopping' }).isDisabled());
      const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 90_000 };
      await panel.post({ type: 'event', seq: training.nextSeq, event: ended });
      await panel.drawn();
      assert.match(await textOf(panel.page.locator('sh-run-header')), /Stopped/);
      assert.equal(await panel.page.getByRole('button', { name: /^Stop/ }).count(), 0);
    }));

  test('Open Log and Open Run Folder send their requests to the host', () =>
    onPanel([finished], async (panel) => {
      await panel.page.getByRole('button', { name: 'Open Log' }).focus();
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('button', { name: 'Open Run Folder' }).click();
      assert.deepEqual((await panel.sent()).slice(1), [{ type: 'openLog' }, { type: 'revealFolder' }]);
    }));

  const moments: { name: string; events: readonly RunEvent[]; words: RegExp }[] = [
    { name: 'nothing has happened yet', events: [], words: /Starting[\s\S]*Waiting for the training process/ },
    { name: 'images are checked', events: chest.events.slice(0, 2), words: /Checking images · 2,500 of 5,856/ },
    { name: 'weights are loaded', events: chest.events.slice(0, 4), words: /Loading weights/ },
    {
      name: 'features are computed',
      events: chest.events.slice(0, 7),
      words: /Computing features · 1,200 of 5,216[\s\S]*24 images\/s · 3 min left/,
    },
    {
      name: 'a stage trains',
      events: chest.events.slice(0, 9),
      words: /Training[\s\S]*Stage 1 of 2 \(head\) · epoch 1 of 15 · batch 31 of 163[\s\S]*42 images\/s · 15 min left/,
    },
    { name: 'the test split is read', events: chest.events.slice(0, -2), words: /Testing/ },
    { name: 'all is done', events: chest.events, words: /Finished/ },
  ];
  test("the header describes the run's activity, from the first moment to the last", () =>
    onPanel([], async (panel) => {
      for (const { name, events, words } of moments) {
        await panel.post(snapshotOf(chest, events, null));
        await panel.drawn();
        assert.match(await textOf(panel.page.locator('sh-run-header')), words, name);
      }
    }));

  test("the problem of a failed run and its warnings appear first, in the editor's language", async () => {
    const problem = { code: 'diskFull', params: { file: 'model.onnx' } };
    const events: RunEvent[] = [
      ...upToEpoch(animals.events, 2),
      { type: 'ended', reason: 'failed', problem, elapsedMs: 1 },
    ];
    const texts = async (panel: Page) => ({
      problem: await textOf(panel.page.getByRole('alert')),
      rest: await textOf(panel.page.locator('sh-notices')),
    });
    const unusable = { code: 'rowsLeftOut', params: { file: 'x.csv', count: 7, total: 9, rows: '1 to 7', used: 2 } };
    const predictions = { ...animals.predictions.get(2)!, problems: [unusable] };
    await onPanel([snapshotOf(animals, events, predictions)], async (panel) => {
      const { problem, rest } = await texts(panel);
      assert.ok(problem.includes(sentenceOf('diskFull', { file: 'model.onnx' })), problem);
      const warnings = await textOf(panel.page.getByRole('list', { name: 'Warnings' }));
      assert.ok(warnings.includes(sentenceOf('randomWeights', {})), warnings);
      assert.match(rest, /7 of the 9 rows of x\.csv/);
    });
    // Translations arrive once, problems as they happen: a warning of a newer version is shown with its parameters.
    await onPanel([snapshotOf(animals, upToEpoch(animals.events, 2), null, { strings: inGerman })], async (panel) => {
      const seq = upToEpoch(animals.events, 2).length;
      const warning = (i: number, problem: Problem) =>
        panel.post({ type: 'event', seq: seq + i, event: { type: 'warning', problem } });
      await warning(0, { code: 'imagesSkipped', params: { count: 1 } });
      await warning(1, { code: 'sunTooBright', params: { lux: 7 } });
      await panel.post({ type: 'event', seq: seq + 2, event: events.at(-1) });
      await panel.drawn();
      const { problem, rest } = await texts(panel);
      assert.ok(problem.includes(germanOf('diskFull', { file: 'model.onnx' })), problem);
      assert.ok(rest.includes(germanOf('imagesSkipped', { count: 1 })), rest);
      assert.match(rest, /sunTooBright: \{"lux":7\}/);
    });
  });

  test('the reason of a wait appears first, and disappears when the run continues', () => {
    const problem = { code: 'waitsForSpace' as const, params: { file: 'model.onnx' } };
    const before = upToEpoch(animals.events, 2);
    return onPanel([snapshotOf(animals, before, null, { strings: inGerman })], async (panel) => {
      const seq = before.length;
      await panel.post({ type: 'event', seq, event: { type: 'paused', problem } });
      await panel.drawn();
      const alert = await textOf(panel.page.getByRole('alert'));
      assert.ok(alert.includes(germanOf(problem.code, problem.params)), alert);
      await panel.post({ type: 'event', seq: seq + 1, event: { type: 'continued' } });
      await panel.drawn();
      assert.equal(await panel.page.getByRole('alert').count(), 0);
    });
  });

  test('findings are collapsed with their counts and expand by keyboard', () =>
    onPanel([finished], async (panel) => {
      const findings = panel.page.locator('sh-findings');
      const suspect = findings.locator('details', { hasText: 'Suspect, kept' });
      assert.match(await textOf(suspect), /Suspect, kept\s*2/);
      const entry = findings.getByText('train/PNEUMONIA/person7_bacteria_21.jpeg');
      assert.equal(await entry.isVisible(), false);
      await suspect.locator('summary').focus();
      await panel.page.keyboard.press('Enter');
      assert.equal(await entry.isVisible(), true);
    }));

  test('class and file names are text, never markup', () => {
    const hostile = '<img src=x onerror="window.pwned = true">';
    const classNames = [hostile, '</script><script>window.pwned = true</script>'];
    const run = {
      ...finished.run,
      classNames,
      dataset: `/data/${hostile}`,
      findings: [{ kind: 'corrupt' as const, relativePath: hostile, reason: hostile }],
    };
    const warnings = [{ code: 'x', params: { name: hostile } }];
    return onPanel([{ ...finished, run: { ...run, warnings } }], async (panel) => {
      assert.equal(await panel.page.evaluate(() => 'pwned' in window), false);
      assert.equal(await panel.page.locator('img').count(), 0);
      assert.ok((await textOf(panel.page.locator('sh-notices'))).includes('<img src=x onerror='));
    });
  });

  const standings: { name: string; events: readonly RunEvent[]; standing: object; buttons: string[]; words: RegExp }[] =
    [
      {
        name: 'queued',
        events: [{ type: 'queued', ahead: 2 }],
        standing: {},
        buttons: ['Stop'],
        words: /Queued[\s\S]*2 runs on this machine are ahead/,
      },
      {
        name: 'next in turn',
        events: [{ type: 'queued', ahead: 0 }],
        standing: {},
        buttons: ['Stop'],
        words: /Next in the queue/,
      },
      { name: 'asked to pause', events: [], standing: { pauseRequested: true }, buttons: ['Stop'], words: /Pausing/ },
      {
        name: 'paused',
        events: [{ type: 'paused' }],
        standing: {},
        buttons: ['Continue', 'Stop'],
        words: /Paused[\s\S]*nothing is computed/,
      },
      {
        name: 'running',
        events: [{ type: 'paused' }, { type: 'continued' }],
        standing: {},
        buttons: ['Pause', 'Stop'],
        words: /Training/,
      },
      {
        name: 'stopped, resumable',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'ended', resumable: true },
        buttons: ['Resume'],
        words: /Stopped/,
      },
      {
        name: 'stopped for good',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'ended' },
        buttons: [],
        words: /Stopped/,
      },
      {
        name: 'waiting for its disk',
        events: [{ type: 'paused', problem: { code: 'waitsForSpace', params: { file: 'model.onnx' } } }],
        standing: {},
        buttons: ['Retry', 'Stop'],
        words: /Paused[\s\S]*until the pending write succeeds/,
      },
      {
        name: 'being resumed',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'starting' },
        buttons: ['Stop'],
        words: /Starting/,
      },
    ];
  test("the header offers and sends the requests possible in the run's current state", () =>
    onPanel([], async (panel) => {
      const header = panel.page.locator('sh-run-header');
      const start = chest.events.slice(0, 9);
      for (const { name, events, standing, buttons, words } of standings) {
        const all = [...start, ...events];
        await panel.post(snapshotOf(chest, all, null, { standing: standingOf(chest, all, standing) }));
        await panel.drawn();
        assert.match(await textOf(header), words, name);
        const offered = (await header.locator('vscode-button').allInnerTexts())
          .map((text) => text.trim())
          .filter((text) => /^(Pause|Continue|Retry|Resume|Stop)$/.test(text));
        assert.deepEqual(offered, buttons, name);
      }
      const asked: unknown[] = [];
      for (const [at, name, type] of [
        [4, 'Pause', 'pause'],
        [3, 'Continue', 'continue'],
        [5, 'Resume', 'resume'],
        [7, 'Retry', 'retry'],
      ] as const) {
        const { events, standing } = standings[at]!;
        const all = [...start, ...events];
        await panel.post(snapshotOf(chest, all, null, { standing: standingOf(chest, all, standing) }));
        await panel.drawn();
        await header.getByRole('button', { name }).click();
        asked.push({ type });
      }
      assert.deepEqual((await panel.sent()).slice(1), asked);
    }));

  test("the editor's own state changes the header without an event of the run", () =>
    onPanel([training], async (panel) => {
      const standing = standingOf(chest, upToEpoch(chest.events, 8), { name: 'Night run', pauseRequested: true });
      await panel.post({ type: 'standing', standing });
      await panel.drawn();
      assert.equal(await panel.page.getByRole('heading', { level: 1, name: /Night run/ }).count(), 1);
      assert.ok(await panel.page.getByRole('button', { name: 'Pausing' }).isDisabled());
    }));

  test('memory is shown beside pace and time left', () => {
    const memory = { usedBytes: 3.25 * 2 ** 30, totalBytes: 16 * 2 ** 30 };
    const events = chest.events.slice(0, 9).map((event) => (event.type === 'progress' ? { ...event, memory } : event));
    return onPanel([snapshotOf(chest, events, null)], async (panel) =>
      assert.match(
        await textOf(panel.page.locator('sh-run-header')),
        /3\.3 of 16 GB memory · 42 images\/s · 15 min left/,
      ),
    );
  });

  test('a run that died shows its last lines as text, the alarms with their epochs, and a link to the log', () =>
    onPanel([failed], async (panel) => {
      const alert = panel.page.getByRole('alert');
      assert.match(await textOf(alert), /ended unexpectedly [\s\S]*Reading 800 images Killed/);
      await alert.getByRole('button', { name: 'Open Log' }).click();
      assert.deepEqual((await panel.sent()).at(-1), { type: 'openLog' });
      const alarms = panel.page.getByRole('list', { name: 'What the curves say' });
      assert.match(await textOf(alarms), /Epoch 3 16 validation images: an accuracy of 0\.81/);
      assert.equal(await panel.page.getByRole('button', { name: 'Resume' }).count(), 1);
    }));

  test("the host's translations replace the English texts", () =>
    onPanel([{ ...training, strings: { stop: 'Anhalten', curves: 'Verläufe' } }], async (panel) => {
      await panel.page.getByRole('button', { name: 'Anhalten' }).waitFor();
      await panel.page.getByRole('region', { name: 'Verläufe' }).waitFor();
    }));
});
