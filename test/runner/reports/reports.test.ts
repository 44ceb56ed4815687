import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeReport } from '../../../runner/commands/report.ts';
import { contentsOf } from '../../../runner/reports/contents.ts';
import { html } from '../../../runner/reports/markup.ts';
import { renderHtml } from '../../../runner/reports/renderHtml.ts';
import { escaped, renderMarkdown } from '../../../runner/reports/renderMarkdown.ts';
import type { ReportInput } from '../../../runner/reports/reports.ts';
import { listRuns } from '../../../runner/store/listRuns.ts';
import { confusionText, datasetLine, runsTable } from '../../../runner/terminal/runReport.ts';
import { printable } from '../../../runner/words/text.ts';
import { encodeRecord } from '../../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { files } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { largest } from '../../../shared/lists.ts';
import { assertProperty } from '../../support/property.ts';
import { storyOfManyClasses } from '../../support/storyOfManyClasses.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';

const xray = chestXrayRun();
const stateOf = (events: readonly RunEvent[]): RunState => events.reduce(applyRunEvent, initialRunState('a-run'));
const input = (run: RunState, over: Partial<ReportInput> = {}): ReportInput => ({
  run,
  log: { skipped: 0, gaps: 0, unknown: 0, tornTail: false },
  createdAt: '2026-11-23T09:15:00.000Z',
  versions: { shoulders: '1.2.3' },
  val: null,
  test: null,
  testLooks: 1,
  pictures: run.samples.map(() => null),
  ...over,
});
const markdownOf = (run: RunState) => renderMarkdown(contentsOf(input(run)));
const htmlOf = (run: RunState) => renderHtml(contentsOf(input(run)));

/** The cells of the Markdown table row that begins with `name`. */
function cells(markdown: string, name: string): string[] {
  const line = markdown.split('\n').find((one) => one.startsWith(`| ${name} |`));
  assert.ok(line, `no row ${name}`);
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\', ''));
}

test('A report contains the numbers of the evaluation, in Markdown and in HTML', () => {
  const run = stateOf(xray.events);
  const { test: held, val, threshold } = run.evaluation!;
  const markdown = markdownOf(run);
  const page = htmlOf(run);
  const auroc = cells(markdown, 'AUROC');
  assert.equal(Number.parseFloat(auroc[1]!), Number(held.auroc!.toFixed(4)));
  assert.equal(Number.parseFloat(auroc[2]!), Number(val.auroc!.toFixed(4)));
  assert.deepEqual(cells(markdown, 'Images').slice(1), [String(held.imageCount), String(val.imageCount)]);
  assert.ok(page.includes(held.auroc!.toFixed(4)) && page.includes(threshold!.toFixed(4)));
  const matrix = held.byThreshold!.confusionMatrix;
  for (const [label, name] of run.classNames.entries()) {
    const row = markdown.split('\n').find((line) => line === `| ${escaped(name)} | ${matrix[label]!.join(' | ')} |`);
    assert.ok(row, `confusion matrix of ${name}`);
  }
  const accuracy = matrix.reduce((sum, row, i) => sum + row[i]!, 0) / held.imageCount;
  assert.equal(Number.parseFloat(cells(markdown, 'Accuracy')[1]!), Number(accuracy.toFixed(4)));
});

test('A report has a row for every epoch and marks the kept one', () => {
  const run = stateOf(xray.events);
  const rows = markdownOf(run)
    .split('\n')
    .filter((line) => /^\| \d+ (\\\* )?\|/.test(line));
  assert.equal(rows.length, run.epochs.length);
  assert.ok(rows[run.evaluation!.keptEpoch - 1]!.startsWith(`| ${run.evaluation!.keptEpoch} \\* |`));
});

test('A report starts with notes about a medical recipe and random weights', () => {
  const medical = contentsOf(input(stateOf(xray.events)));
  assert.match(medical.notices[0]!, /Not for diagnostic use/);
  const random = contentsOf(input(stateOf(animalsRun().events)));
  assert.ok(random.notices.some((notice) => /random/i.test(notice)));
});

for (const { name, events, note } of [
  {
    name: 'a run',
    events: animalsRun().events,
    note: /started from starter weights \(learned from drawings\): ImageNet/,
  },
  { name: 'a medical run', events: xray.events, note: /\(learned from drawings\), not from photographs or medical/ },
])
  test(`The report of ${name} from starter weights says what they are and what is better`, () => {
    const weights = { kind: 'starter', name: 'starter', sha256: 'ab'.repeat(32), verified: true } as const;
    const { notices } = contentsOf(input({ ...stateOf(events), weights }));
    assert.ok(
      notices.some((notice) => note.test(notice)),
      notices.join('\n'),
    );
    const text = markdownOf({ ...stateOf(events), weights });
    assert.match(text, /Shipped starter weights .learned from drawings.+, verified by their SHA.256 .+(abab){8}/);
    assert.match(text, /nothing here shows what one with ImageNet weights would achieve/);
  });

for (const { name, depth, deepImageCount, row } of [
  { name: 'no 16-bit images', depth: 16, deepImageCount: 0, row: false },
  { name: 'no 16-bit images, with the depth set by the recipe', depth: 12, deepImageCount: 0, row: false },
  { name: '16-bit images', depth: 16, deepImageCount: 3, row: true },
  { name: 'images nobody counted, read in the ordinary way', depth: 16, deepImageCount: null, row: false },
  { name: 'images nobody counted, read as 12 bits', depth: 12, deepImageCount: null, row: true },
] as const)
  test(`A report ${row ? 'says' : 'does not say'} how it reads 16 bits, for ${name}`, () => {
    const run = { ...stateOf(xray.events), depth, deepImageCount };
    assert.equal(/\| 16-bit images \|/.test(markdownOf(run)), row);
    const checked = {
      ...xray.events.find((event) => event.type === 'checked')!,
      depth,
      deepImageCount: deepImageCount ?? undefined,
    };
    assert.equal(/16-bit images read as/.test(datasetLine(checked)), row);
  });

test('A report of an untested run says so, and shows no test figure', () => {
  const run = { ...stateOf(upToEpoch(xray.events, 3)), status: 'stopped' as const };
  const markdown = markdownOf(run);
  assert.match(markdown, /stopped early/);
  assert.doesNotMatch(markdown, /Confusion matrix/);
});

test('html`` escapes markup in any text', () => {
  assertProperty(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = html`<p>${text}</p>`.text.slice(3, -4);
      assert.doesNotMatch(inside, /[<>"']/);
      const decoded = inside.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
      assert.equal(decoded, printable(text));
    }),
  );
});

test('Class and folder names with markup appear as text', () => {
  const evil = '<img src=x onerror=alert(1)>|**b**\n# h';
  const run = stateOf(xray.events);
  const renamed: RunState = {
    ...run,
    dataset: `/data/${evil}`,
    classNames: [evil, run.classNames[1]!],
    evaluation: { ...run.evaluation!, positiveClass: evil },
  };
  const page = htmlOf(renamed);
  assert.doesNotMatch(page, /<img src=x/);
  assert.match(page, /&#60;img src=x onerror=alert\(1\)&#62;/);
  const markdown = markdownOf(renamed);
  assert.doesNotMatch(markdown, /(?<!\\)<img/);
  assert.doesNotMatch(markdown, /^# h/m);
  const header = markdown.split('\n').find((line) => line.startsWith('| true'))!;
  assert.equal(header.split(/(?<!\\)\|/).length - 2, 3);
});

test('The page is self-contained: no script, no address, no external file', () => {
  const page = htmlOf(stateOf(xray.events));
  assert.doesNotMatch(page, /<script|javascript:|<link|@import|url\((?!['"]?data:)/i);
  assert.doesNotMatch(page.replace(/http:\/\/www\.w3\.org\/2000\/svg/g, ''), /https?:/i);
});

test('writeReport() lists skipped rows of the predictions at the top, and refuses a file without a usable one', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'shoulders-report-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const log = xray.events.map((event, seq) => encodeRecord(seq, '2026-11-23T09:15:00.000Z', event)).join('');
  await writeFile(join(root, files.events), log);
  await mkdir(join(root, 'predictions'));
  const write = (...rows: string[]) =>
    writeFile(join(root, files.predictions('test')), ['path,label,NORMAL,PNEUMONIA', ...rows, ''].join('\n'));
  await write('a.png,NORMAL,0.9,0.1', 'b.png,PNEUMONIA,NaN,NaN', 'c.png,PNEUMONIA,0.2,0.8');
  const text = await readFile(await writeReport(root, 'md', undefined), 'utf8');
  assert.match(text.replaceAll('\\', ''), /1 of the 3 rows of predictions\/test\.csv is left out, .*row 3 \(b\.png: NORMAL "NaN"\)\. Whatever is computed from that file covers the other 2\./); // biome-ignore format: a sentence
  await write('b.png,PNEUMONIA,NaN,NaN');
  await assert.rejects(
    writeReport(root, 'md', undefined),
    /predictions\/test\.csv: None of the rows of the predictions \(1\)/,
  );
});

test('writeReport() writes the page into a run folder, and refuses a folder without a run', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'shoulders-report-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, xray.runId);
  await mkdir(folder);
  const log = xray.events.map((event, seq) => encodeRecord(seq, '2026-11-23T09:15:00.000Z', event)).join('');
  await writeFile(join(folder, files.events), log);
  const page = await writeReport(folder, 'html', undefined);
  assert.equal(page, join(folder, files.reportHtml));
  assert.ok((await readFile(page, 'utf8')).includes(`<h1>${xray.runId}</h1>`));
  const markdown = await writeReport(folder, 'md', join(root, 'elsewhere.md'));
  assert.ok((await readFile(markdown, 'utf8')).startsWith(`# ${xray.runId}\n`));
  await assert.rejects(writeReport(join(root, 'nothing'), 'html', undefined), { code: 'runNotFound' });
});

test('a damaged log is reported at the top of the report, in both formats, and in the list of runs', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'shoulders-report-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, xray.runId);
  await mkdir(folder);
  const lines = xray.events.map((event, seq) => encodeRecord(seq, '2026-11-23T09:15:00.000Z', event));
  await writeFile(join(folder, files.events), lines.join(''));
  const sentence = /log \(events\.jsonl\) could not be read completely: (.*?)\. Epochs/;
  const saidBy = async (format: 'md' | 'html') =>
    sentence.exec((await readFile(await writeReport(folder, format, undefined), 'utf8')).replaceAll('\\', ''))?.[1];
  assert.equal(await saidBy('md'), undefined);
  assert.doesNotMatch(runsTable(await listRuns(root)), /damaged/);
  const epoch = xray.events.findIndex(({ type }) => type === 'epoch');
  const damaged = lines.with(epoch, lines[epoch]!.replace('"epoch"', '"epoxy"'));
  await writeFile(join(folder, files.events), damaged.join(''));
  assert.equal(await saidBy('md'), '1 line damaged');
  assert.equal(await saidBy('html'), '1 line damaged');
  assert.match(runsTable(await listRuns(root)), /log damaged/);
  await writeFile(join(folder, files.events), `${damaged.join('')}{"v":1`);
  assert.equal(await saidBy('md'), '1 line damaged, an incomplete last line');
  await writeFile(join(folder, files.events), [...lines.slice(0, epoch), ...lines.slice(epoch + 2)].join(''));
  assert.equal(await saidBy('md'), 'lines missing in 1 place');
});

test('a report of 500 classes lists the confusions instead of a quarter of a million cells, on the terminal too', () => {
  const told = stateOf(storyOfManyClasses(1, 500, 10));
  const run: RunState = { ...told, evaluation: { ...told.evaluation!, positiveClass: null } };
  const { confusionMatrix } = run.evaluation!.test.byHighestProbability;
  // Brute force over all cells.
  const most = largest(confusionMatrix.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const markdown = markdownOf(run);
  const rows = markdown.split('\n').filter((line) => /^\| Species.* \| Species/.test(line));
  assert.equal(rows.length, 50);
  const [, actual, predicted, count] = rows[0]!.split('|').map((cell) => cell.trim());
  assert.equal(Number(count), most);
  assert.equal(confusionMatrix[labelIn(actual!)]![labelIn(predicted!)], most);
  assert.ok(markdown.length < 200_000 && htmlOf(run).length < 500_000);
  const text = confusionText(run.evaluation!.test.byHighestProbability, run.classNames);
  assert.equal(text.split('\n').length, 21);
});

const labelIn = (name: string): number => Number(/number (\d+)/.exec(name)![1]);
