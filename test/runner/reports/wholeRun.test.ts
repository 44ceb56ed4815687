// A run from its folder of images to its page: the files beside its log, and the page as a browser and GitHub read it.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Marked } from 'marked';
import Papa from 'papaparse';
import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import sharp from 'sharp';
import { writeReport } from '../../../runner/commands/report.ts';
import type { Evaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { EventLogReader } from '../../../shared/contracts/eventLog.ts';
import { files } from '../../../shared/contracts/run.ts';
import { type TinyRun, tinyDataset, tinyRun, tinySetup } from '../../support/tinyRun.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const nasty = '<b>&amp;x|_y_ [z](http:q)';
let run: TinyRun;
before(async () => {
  const setup = await tinySetup();
  const dataset = await tinyDataset(join(setup.root, 'nasty'), undefined, [
    'blue',
    process.platform === 'win32' ? 'red' : nastyName(),
  ]);
  run = await tinyRun({ ...setup, dataset }, { job: { tensorboard: true } });
});

/** A folder name with characters special to HTML and Markdown. */
function nastyName(): string {
  return nasty.replaceAll('/', '');
}

test('A run writes a metrics.csv row for every epoch, at most twelve thumbnails, and TensorBoard files', async () => {
  const { data } = Papa.parse<Record<string, string>>(
    (await readFile(join(run.folder, files.metrics), 'utf8')).trimEnd(),
    {
      header: true,
    },
  );
  assert.equal(data.length, run.state.epochs.length);
  for (const [i, { epoch, metrics }] of run.state.epochs.entries()) {
    assert.equal(Number(data[i]!.epoch), epoch);
    assert.ok(Object.values(data[i]!).includes(String(metrics.val.loss)), `validation loss of epoch ${epoch}`);
  }
  assert.equal(run.state.samples.length, 10);
  const predictions = await readFile(join(run.folder, files.epochPredictions(1)), 'utf8');
  const rows = Papa.parse<string[]>(predictions).data.slice(1);
  for (const { file, relativePath, row } of run.state.samples) {
    const { format, width } = await sharp(join(run.folder, file)).metadata();
    assert.deepEqual([format, width, rows[row]![0]], ['jpeg', 64, relativePath]);
  }
  const [events] = await readdir(join(run.folder, files.tensorboard));
  assert.match(events!, /^events\.out\.tfevents\.\d{10}\.shoulders$/);
  assert.deepEqual(
    run.state.alarms.map(({ problem }) => problem.code).filter((code) => code === 'alarmSmallValidation'),
    ['alarmSmallValidation'],
  );
});

test('progress events report the memory in use, which is below the total', async () => {
  const log = new EventLogReader().feed(await readFile(join(run.folder, files.events)));
  const told = log.flatMap(({ event }) => (event.type === 'progress' && event.memory ? [event.memory] : []));
  assert.ok(told.length > 0);
  for (const { usedBytes, totalBytes } of told) assert.ok(usedBytes > 1e7 && usedBytes < totalBytes);
});

test('writeReport() writes a page whose tables contain the numbers of evaluation.json, and every name as text', async () => {
  const page = parse(await readFile(await writeReport(run.folder, 'html', undefined), 'utf8'));
  const evaluation = JSON.parse(await readFile(join(run.folder, files.evaluation), 'utf8')) as Evaluation;
  checkTables(page, evaluation);
  const names = new Set(elements(page).map(({ tagName }) => tagName));
  assert.ok(!names.has('script') && !names.has('a') && !names.has('b') && names.has('svg'));
  const images = elements(page).filter(({ tagName }) => tagName === 'img');
  assert.equal(images.length, run.state.samples.length);
  for (const image of images) assert.match(attribute(image, 'src'), /^data:image\/jpeg;base64,/);
});

test('writeReport() writes Markdown that GitHub renders as the same tables', async () => {
  const text = await readFile(await writeReport(run.folder, 'md', undefined), 'utf8');
  const page = parseFragment(await new Marked({ gfm: true }).parse(text));
  checkTables(page, JSON.parse(await readFile(join(run.folder, files.evaluation), 'utf8')) as Evaluation);
  const names = new Set(elements(page).map(({ tagName }) => tagName));
  for (const name of ['a', 'b', 'em', 'img', 'script']) assert.ok(!names.has(name), name);
});

test('writeReport() omits files that only claim to be pictures', async () => {
  await writeFile(join(run.folder, run.state.samples[0]!.file), 'no picture');
  const page = parse(await readFile(await writeReport(run.folder, 'html', join(run.folder, 'other.html')), 'utf8'));
  assert.equal(elements(page).filter(({ tagName }) => tagName === 'img').length, run.state.samples.length - 1);
});

function checkTables(page: Node, { test: tested, classNames }: Evaluation): void {
  const rows = elements(page)
    .filter(({ tagName }) => tagName === 'tr')
    .map((row) =>
      elements(row)
        .filter(({ tagName }) => tagName === 'th' || tagName === 'td')
        .map(textOf),
    );
  const { confusionMatrix, report } = tested.byThreshold ?? tested.byHighestProbability;
  for (const [label, counts] of confusionMatrix.entries())
    assert.ok(
      rows.some((row) => row.join('\n') === [classNames[label], ...counts].join('\n')),
      `row ${classNames[label]} of the confusion matrix`,
    );
  for (const { className, precision, recall, f1, support } of report.perClass) {
    const expected = [className, ...[precision, recall, f1].map((value) => value.toFixed(4)), String(support)];
    assert.ok(
      rows.some((row) => row.join('\n') === expected.join('\n')),
      `row ${className} of the report`,
    );
  }
  const ofTest = (name: string) => rows.find((row) => row[0] === name)?.[1];
  const { auroc, aurocInterval, auprc, majorityBaseline, figures, calibration } = tested;
  assert.equal(ofTest('Images'), String(tested.imageCount));
  assert.equal(ofTest('AUROC'), `${auroc!.toFixed(4)} [${aurocInterval!.map((edge) => edge.toFixed(4)).join(', ')}]`);
  const { interval } = figures!.auprc;
  assert.equal(ofTest('AUPRC'), `${auprc!.toFixed(4)} [${interval!.map((edge) => edge.toFixed(4)).join(', ')}]`);
  const brier = calibration!.figures!.brier.interval!.map((edge) => edge.toFixed(4)).join(', ');
  assert.equal(ofTest('Brier score'), `${calibration!.brier!.toFixed(4)} [${brier}]`);
  assert.match(ofTest('Accuracy')!, new RegExp(`, n = ${tested.imageCount}$`));
  assert.equal(ofTest('Loss'), tested.loss!.toFixed(4));
  assert.equal(ofTest('Accuracy of always predicting the most frequent class'), majorityBaseline.toFixed(4));
}

const childrenOf = (node: Node): readonly Node[] => ('childNodes' in node ? node.childNodes : []);

const elements = (node: Node): Element[] =>
  childrenOf(node).flatMap((child) => [...('tagName' in child ? [child] : []), ...elements(child)]);

const textOf = (node: Node): string =>
  node.nodeName === '#text' && 'value' in node ? node.value : childrenOf(node).map(textOf).join('');

const attribute = ({ attrs }: Element, name: string): string => attrs.find((own) => own.name === name)?.value ?? '';
