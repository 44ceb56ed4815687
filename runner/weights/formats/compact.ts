// Compact weights: safetensors whose convolution filters are int8, one scale per output channel, beside it as `NAME_scale`. Everything
// else (BatchNorm) is float32; there is no head. A reader sees float32 tensors under the usual names.
import { type FloatTensor, type Parameters, sizeOf, type Tensor } from '../../tensor.ts';
import { broken, quoted } from './refusals.ts';
import { encodeSafetensors, type Int8Tensor, type SafetensorsEntry } from './safetensors.ts';
import type { StoredTensor } from './weightsFile.ts';

/** Value of the metadata's `format`. */
export const compactFormat = 'shoulders-compact-1';

export interface Quantized {
  /** [K, ...], the filter divided by its channel's scale, in [-127, 127]. */
  readonly values: Int8Tensor;
  /** [K], the channel's largest magnitude / 127; 0 for a channel of zeros. */
  readonly scales: FloatTensor;
}

/** Symmetric int8 per output channel: an element differs from the filter's by half of its channel's scale at most. @param filter [K, ...] */
export function quantized({ shape, data }: FloatTensor): Quantized {
  const [channels] = shape as [number];
  const length = data.length / channels;
  const scales = new Float32Array(channels);
  const values = new Int8Array(data.length);
  for (let k = 0; k < channels; k++) {
    const channel = data.subarray(k * length, (k + 1) * length);
    scales[k] = channel.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    // Rounded to float32, a scale can be too small by so little that 127 is exceeded.
    if (scales[k]! > 0)
      for (let i = 0; i < length; i++)
        values[k * length + i] = Math.max(-127, Math.min(127, Math.round(channel[i]! / scales[k]!)));
  }
  return {
    values: { dtype: 'int8', shape, data: values },
    scales: { dtype: 'float32', shape: [channels], data: scales },
  };
}

/** The filter that quantized() described: value · scale, in float32. */
export function dequantized({ values: { shape, data }, scales }: Quantized): FloatTensor {
  const length = data.length / scales.data.length;
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from(data, (value, i) => value * scales.data[Math.floor(i / length)]!),
  };
}

/**
 * The bytes of a compact file: parameters of four dimensions as int8, all others as they are. Equal input gives equal bytes.
 * @param backbone  finite values; without a head
 */
export function encodeCompact(backbone: Parameters, metadata: Readonly<Record<string, string>>): Uint8Array {
  const tensors = [...backbone].flatMap(([name, tensor]): [string, Tensor | Int8Tensor][] => {
    if (tensor.shape.length !== 4) return [[name, tensor]];
    const { values, scales } = quantized(tensor);
    return [
      [name, values],
      [scaleName(name), scales],
    ];
  });
  return encodeSafetensors(tensors, { format: compactFormat, ...metadata });
}

const scaleName = (name: string): string => `${name}_scale`;

/** Whether a file is a compact one, of this version or a newer one. */
export const isCompact = (metadata: ReadonlyMap<string, string>): boolean =>
  metadata.get('format')?.startsWith('shoulders-compact-') ?? false;

/**
 * The tensors of a compact file, as float32 under their own names.
 * @param file  its path, for errors
 * @throws UserError weightsBroken for a newer version, a missing, superfluous or misshapen scale; on reading, for a scale that is negative
 * or not finite
 */
export function unpacked(
  file: string,
  entries: ReadonlyMap<string, SafetensorsEntry>,
  metadata: ReadonlyMap<string, string>,
): ReadonlyMap<string, StoredTensor> {
  const format = metadata.get('format')!;
  if (format !== compactFormat)
    throw broken(file, `its format is ${quoted(format)}, and this version reads ${quoted(compactFormat)}`);
  const filters = [...entries].filter(([, { type }]) => type === 'I8').map(([name]) => name);
  const scales = new Set(filters.map(scaleName));
  for (const name of filters) checkScale(file, name, entries.get(name)!, entries.get(scaleName(name)));
  return new Map(
    [...entries].flatMap(([name, entry]): [string, StoredTensor][] => {
      if (scales.has(name)) return [];
      if (entry.type !== 'I8') return [[name, entry]];
      return [[name, asFloats(file, name, entry, entries.get(scaleName(name))!)]];
    }),
  );
}

function checkScale(
  file: string,
  name: string,
  { shape }: SafetensorsEntry,
  scale: SafetensorsEntry | undefined,
): void {
  if (scale === undefined) throw broken(file, `the scales of ${quoted(name)} are missing`);
  if (shape.length === 0 || scale.type !== 'F32' || scale.shape.join() !== String(shape[0]))
    throw broken(
      file,
      `the scales of ${quoted(name)} are ${scale.type} [${scale.shape.join(', ')}], F32 [${shape[0] ?? ''}] expected`,
    );
}

const asFloats = (file: string, name: string, filter: SafetensorsEntry, scale: SafetensorsEntry): StoredTensor => ({
  type: 'F32',
  shape: filter.shape,
  identity: filter.identity,
  read() {
    const scales = scale.read() as FloatTensor;
    const wrong = scales.data.findIndex((value) => !(value >= 0 && value < Infinity));
    if (wrong >= 0) throw broken(file, `the scale ${wrong} of ${quoted(name)} is ${scales.data[wrong]}`);
    const data = new Int8Array(filter.bytes().buffer);
    return dequantized({ values: { dtype: 'int8', shape: filter.shape, data }, scales });
  },
});

/** Error of the quantization of one filter. */
export interface QuantizationError {
  readonly name: string;
  /** Largest difference / largest magnitude of the filter, at most 1/254. */
  readonly largest: number;
  /** Root of the mean squared difference / that of the filter. */
  readonly rms: number;
}

/** By filter, in the order of `backbone`. A filter of zeros loses nothing. */
export function quantizationErrors(backbone: Parameters): QuantizationError[] {
  return [...backbone].flatMap(([name, tensor]) => {
    if (tensor.shape.length !== 4 || sizeOf(tensor.shape) === 0) return [];
    const back = dequantized(quantized(tensor)).data;
    let [difference, magnitude, squares, all] = [0, 0, 0, 0];
    tensor.data.forEach((value, i) => {
      difference = Math.max(difference, Math.abs(value - back[i]!));
      magnitude = Math.max(magnitude, Math.abs(value));
      squares += (value - back[i]!) ** 2;
      all += value ** 2;
    });
    if (all === 0) return [{ name, largest: 0, rms: 0 }];
    return [{ name, largest: difference / magnitude, rms: Math.sqrt(squares / all) }];
  });
}
