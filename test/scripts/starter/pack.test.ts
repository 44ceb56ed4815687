import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { initialBackbone } from '../../../runner/network/initialize.ts';
import { bytesSource } from '../../../runner/weights/formats/byteSource.ts';
import { openSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { packed } from '../../../scripts/starter/pack.ts';

test('packed() describes the training in the metadata, and the file in its row', () => {
  const trained = { network: 'resnet18', classCount: 1200, epochs: 8, sampleCount: 960_000 } as const;
  const { bytes, row } = packed(
    { ...trained, backbone: initialBackbone('resnet18', 1) },
    'resnet18-starter.safetensors',
    'drawn images',
  );
  const { metadata, verified } = openSafetensors(bytesSource(bytes));
  assert.ok(verified);
  const { shoulders, ...rest } = Object.fromEntries(metadata);
  assert.match(shoulders!, /^\d+\.\d+\.\d+/);
  assert.deepEqual(rest, {
    format: 'shoulders-compact-1',
    network: 'resnet18',
    learnedFrom: 'drawn images',
    classCount: '1200',
    sampleCount: '960000',
    epochs: '8',
  });
  assert.deepEqual(row, {
    fileName: 'resnet18-starter.safetensors',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    classCount: 1200,
    sampleCount: 960_000,
  });
});
