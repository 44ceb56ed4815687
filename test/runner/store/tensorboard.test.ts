import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import protobuf from 'protobufjs';
import { tensorboardWriter } from '../../../runner/store/tensorboard.ts';
import type { EpochEvent } from '../../../shared/contracts/events.ts';
import { epochEvent } from '../../support/storyOfARun.ts';

/** CRC-32C bit by bit, as RFC 3720 defines it. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

test('The checksum in these tests matches RFC 3720', () => {
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
});

const { root } = protobuf.parse(`syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; } }
  message SessionLog { int32 status = 1; }
  message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }`);

interface Read {
  readonly step: string;
  readonly fileVersion?: string;
  readonly sessionLog?: { readonly status: number };
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
}

function records(bytes: Buffer): Read[] {
  const found: Read[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    assert.equal(bytes.readUInt32LE(at + 8), masked(bytes.subarray(at, at + 8)), 'checksum of the length');
    const data = bytes.subarray(at + 12, at + 12 + length);
    assert.equal(bytes.readUInt32LE(at + 12 + length), masked(data), 'checksum of the data');
    const type = root.lookupType('Event');
    found.push(type.toObject(type.decode(data), { longs: String, defaults: false }) as Read);
    at += 16 + length;
  }
  return found;
}

const epoch = (n: number, auroc = 0.8) => epochEvent(n, auroc) as EpochEvent;
async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-tensorboard-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'tensorboard');
}
const scalars = ({ summary }: Read) =>
  Object.fromEntries(summary!.value.map(({ tag, simpleValue }) => [tag, Number((simpleValue ?? 0).toFixed(6))]));

test('tensorboardWriter() writes every available figure of every epoch as TFRecord events', async (t) => {
  const folder = await folderOf(t);
  const writer = tensorboardWriter(folder);
  await writer.append(epoch(1), ['cat', 'dog']);
  await writer.append({ ...epoch(2), learningRates: { head: 0.01, backbone: 0.0001 } }, ['cat', 'dog']);
  const [name, ...others] = await readdir(folder);
  assert.equal(others.length, 0);
  assert.match(name!, /^events\.out\.tfevents\.\d{10}\./);
  const [version, start, first, second] = records(await readFile(join(folder, name!)));
  assert.equal(version!.fileVersion, 'brain.Event:2');
  assert.equal(start!.sessionLog!.status, 1);
  assert.deepEqual([first!.step, second!.step], ['1', '2']);
  assert.deepEqual(scalars(first!), {
    'loss/train': 0.7,
    'accuracy/train': 0.7,
    'auroc/train': 0.8,
    'loss/val': 0.6,
    'accuracy/val': 0.75,
    'auroc/val': 0.8,
    'auprc/val': 0.8,
    'sensitivity/val': 0.75,
    'specificity/val': 0.75,
    'recall/cat': 0.75,
    'recall/dog': 0.75,
    'learning_rate/head': 0.003,
  });
  assert.equal(scalars(second!)['learning_rate/backbone'], 0.0001);
});

test('tensorboardWriter() starts a new file, later in name order, when a run is resumed', async (t) => {
  const folder = await folderOf(t);
  const options = { nowMs: () => 1_700_000_000_000 };
  await tensorboardWriter(folder, options).append(epoch(1), []);
  await tensorboardWriter(folder, options).append(epoch(2), []);
  const names = (await readdir(folder)).sort();
  assert.equal(names.length, 2);
  const steps = await Promise.all(names.map(async (name) => records(await readFile(join(folder, name))).at(-1)!.step));
  assert.deepEqual(steps, ['1', '2']);
  assert.equal(
    records(await readFile(join(folder, names[1]!)))[1]!.step,
    '2',
    'the start says from which step on it counts',
  );
});
