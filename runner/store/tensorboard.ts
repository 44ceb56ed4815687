/// <reference path="./crc32c.d.ts" />
// TensorBoard's event files, for people who already look at curves there. Written during the run; never read.
// Format: TFRecords (length, its checksum, data, its checksum) of the protobuf message Event. tensorflow/core/util/event.proto

import { join } from 'node:path';
import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs';
import { type EpochSplit, epochValue, metricsOn } from '../../shared/contracts/classification/metricTable.ts';
import type { EpochEvent } from '../../shared/contracts/events.ts';
import { type FsPort, nodeFileSystem, syncIfPossible, writeFully } from '../../shared/files/fileSystem.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { largest } from '../../shared/lists.ts';

export interface TensorboardWriter {
  /** One epoch's scalars; the step is the epoch. @throws UserError cannotWrite, diskFull */
  append(epoch: EpochEvent, classNames: readonly string[]): Promise<void>;
}

/**
 * One file per process that works on the run, as in TensorFlow: a record torn by a crash ends its own file only.
 * The first record names the step from which it is valid, so repeated epochs replace those of the file before.
 *
 * @param folder  absolute; made with the first epoch
 */
export function tensorboardWriter(
  folder: string,
  { fs = nodeFileSystem, nowMs = Date.now }: { readonly fs?: FsPort; readonly nowMs?: () => number } = {},
): TensorboardWriter {
  let file: string | undefined;
  let sizeBytes = 0;
  return {
    async append(epoch, classNames) {
      try {
        const wallTime = nowMs() / 1000;
        const records = [recordOf({ wallTime, step: epoch.epoch, summary: { value: scalarsOf(epoch, classNames) } })];
        if (file === undefined) {
          await fs.mkdir(folder, { recursive: true });
          const second = Math.max(Math.floor(wallTime), lastSecond(await fs.readdir(folder)) + 1);
          file = join(folder, `events.out.tfevents.${String(second).padStart(10, '0')}.shoulders`);
        }
        if (sizeBytes === 0)
          records.unshift(
            recordOf({ wallTime, fileVersion: 'brain.Event:2' }),
            recordOf({ wallTime, step: epoch.epoch, sessionLog: { status: sessionStart } }),
          );
        const bytes = Buffer.concat(records);
        await writeAfter(file, sizeBytes, bytes, fs);
        sizeBytes += bytes.length;
      } catch (error) {
        throw writeError(file ?? folder, error);
      }
    },
  };
}

/** Writes at `sizeBytes`, over the remains of a refused try: readers stop at a torn record. */
async function writeAfter(file: string, sizeBytes: number, bytes: Uint8Array, fs: FsPort): Promise<void> {
  const handle = await fs.open(file, 'r+').catch((error: unknown) => {
    if (sizeBytes > 0 || !isSystemError(error) || error.code !== 'ENOENT') throw error;
    return fs.open(file, 'wx');
  });
  try {
    await handle.truncate(sizeBytes);
    await writeFully(handle, bytes, sizeBytes);
    await syncIfPossible(handle);
  } finally {
    await handle.close();
  }
}

/** Readers take files in the order of their names: a new one must sort after those of earlier processes, whatever the clock says. */
const lastSecond = (names: readonly string[]): number =>
  Math.max(0, largest(names.map((name) => Number(/^events\.out\.tfevents\.(\d{1,10})\./.exec(name)?.[1] ?? 0))));

interface Scalar {
  readonly tag: string;
  readonly simpleValue: number;
}

/** Leaves out unknown figures (of a class without images). */
function scalarsOf({ metrics, learningRates }: EpochEvent, classNames: readonly string[]): Scalar[] {
  const { recallPerClass } = metrics.val;
  const figuresOn = (split: EpochSplit) =>
    metricsOn(split).map((metric): [string, number | null] => [
      `${metric.name}/${split}`,
      epochValue(metrics, split, metric),
    ]);
  const named: [string, number | null | undefined][] = [
    ...figuresOn('train'),
    ...figuresOn('val'),
    ...classNames.map((name, label): [string, number | null | undefined] => [`recall/${name}`, recallPerClass[label]]),
    ['learning_rate/head', learningRates.head],
    ['learning_rate/backbone', learningRates.backbone],
  ];
  return named.flatMap(([tag, value]) => (value == null ? [] : [{ tag, simpleValue: value }]));
}

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule && { rule }) });

/** The part of event.proto and summary.proto that scalars need. */
const Event = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: field(1, 'double'),
        step: field(2, 'int64'),
        fileVersion: field(3, 'string'),
        summary: field(5, 'Summary'),
        sessionLog: field(7, 'SessionLog'),
      },
    },
    Summary: { fields: { value: field(1, 'Value', 'repeated') } },
    Value: {
      fields: { tag: field(1, 'string'), simpleValue: field(2, 'float') },
      oneofs: { value: { oneof: ['simpleValue'] } }, // so that 0 is written, too
    },
    SessionLog: { fields: { status: field(1, 'int32') } },
  },
}).lookupType('Event');
const sessionStart = 1;

function recordOf(event: object): Buffer {
  const data = Event.encode(event).finish();
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

/**
 * CRC-32C, rotated and offset, as TensorFlow stores checksums: the plain checksum of data that contains checksums is weak.
 * tensorflow/core/lib/hash/crc32c.h
 */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
