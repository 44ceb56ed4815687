import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBmp } from '../../../../runner/images/formats/bmp.ts';
import { fileNamed, pixelsOf } from '../../../support/pillow.ts';

const rgb = fileNamed('rgb.bmp');
const limit = 1e6;

/** A 40-byte header, then the given bytes. */
function bitmap(
  fields: { width: number; height: number; bits: number; compression?: number; colors?: number },
  body: number[],
): Buffer {
  const bytes = Buffer.alloc(54 + body.length);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(54 + (fields.colors ?? 0) * 4 + (fields.compression === 3 ? 12 : 0), 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(fields.width, 18);
  bytes.writeInt32LE(fields.height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(fields.bits, 28);
  bytes.writeUInt32LE(fields.compression ?? 0, 30);
  bytes.writeUInt32LE(fields.colors ?? 0, 46);
  bytes.set(body, 54);
  return bytes;
}

const u32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];

test('decodeBmp() reads rows from the top when the height is negative', () => {
  const { height, width, data } = decodeBmp(rgb, limit);
  const topDown = Buffer.from(rgb);
  topDown.writeInt32LE(-height, 22);
  const stride = width * 3;
  const rows = Array.from({ length: height }, (_, y) =>
    data.subarray((height - 1 - y) * stride, (height - y) * stride),
  );
  assert.deepEqual(Buffer.from(decodeBmp(topDown, limit).data), Buffer.concat(rows));
  assert.deepEqual(Buffer.from(data), pixelsOf('rgb.bmp'));
});

test('decodeBmp() reads 16 bits as 5-5-5, and as 5-6-5 by bit fields', () => {
  assert.deepEqual(
    [...decodeBmp(bitmap({ width: 1, height: 1, bits: 16 }, [0x00, 0x7c, 0, 0]), limit).data],
    [255, 0, 0],
  );
  const masks = [...u32(0xf800), ...u32(0x07e0), ...u32(0x001f)];
  const green = bitmap({ width: 1, height: 1, bits: 16, compression: 3 }, [...masks, 0xe0, 0x07, 0, 0]);
  assert.deepEqual([...decodeBmp(green, limit).data], [0, 255, 0]);
});

test('decodeBmp() reads 4 bits through the palette, two pixels a byte', () => {
  const palette = [0, 0, 0, 0, 30, 20, 10, 0];
  assert.deepEqual(
    [...decodeBmp(bitmap({ width: 3, height: 1, bits: 4, colors: 2 }, [...palette, 0x10, 0x10, 0, 0]), limit).data],
    [10, 20, 30, 0, 0, 0, 10, 20, 30],
  );
});

test('decodeBmp() refuses incomplete or unsupported files, with the reason', () => {
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [rgb.subarray(0, -1), /ends early/],
    [rgb.subarray(0, 30), /header/],
    [bitmap({ width: 1, height: 1, bits: 8, compression: 1 }, [0, 0, 0, 0]), /compressed/],
    [bitmap({ width: 1, height: 1, bits: 7 }, [0, 0, 0, 0]), /7 bits/],
    [bitmap({ width: -1, height: 1, bits: 24 }, [0, 0, 0, 0]), /size is -1 x 1/],
    [bitmap({ width: 1, height: 1, bits: 8, colors: 1 }, [0, 0, 0, 0, 9, 0, 0, 0]), /colour 9 of 1/],
    [bitmap({ width: 2000, height: 2000, bits: 24 }, []), /2000 x 2000/],
  ];
  for (const [bytes, reason] of cases) assert.throws(() => decodeBmp(bytes, limit), reason);
});
