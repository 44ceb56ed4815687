// Tensors in a file of torch.save: a state dict alone, or under a key beside epochs, optimizers and arguments.

import { broken, quoted, unsafe } from '../formats/refusals.ts';
import { isKind, type PickleValue } from './pickle.ts';
import { type TensorRef, tensorOf } from './torchPickle.ts';

export interface TensorDictionary {
  /** The keys that lead to it, joined by dots; '' is the outermost. */
  readonly container: string;
  /** A string is the class of a foreign object in place of a tensor. */
  readonly values: ReadonlyMap<string, TensorRef | string>;
}

/** VISSL's `classy_state_dict.base_model.model.trunk` is the deepest written by tools in use. */
const deepest = 4;

/**
 * Dictionaries of named tensors, outer before inner, each once however many keys lead to it.
 * @throws UserError weightsUnsafe (a whole object was saved), weightsBroken (nothing has a name)
 */
export function tensorDictionaries(file: string, root: PickleValue): TensorDictionary[] {
  const found: TensorDictionary[] = [];
  const seen = new Set<PickleValue>();
  let foreign = isKind(root, 'opaque') && !root.entries ? root.name : undefined;
  let level: { readonly path: string; readonly value: PickleValue }[] = [{ path: '', value: root }];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { path, value } of level) {
      const entries = entriesOf(value);
      if (!entries || seen.has(value)) continue;
      seen.add(value);
      const values = tensorsIn(entries);
      if (values) found.push({ container: path, values });
      for (const [key, inner] of entries) {
        if (typeof key !== 'string') continue;
        const innerPath = path === '' ? key : `${path}.${key}`;
        if (entriesOf(inner)) next.push({ path: innerPath.slice(0, longestPath), value: inner });
        else if (depth === 0 && isKind(inner, 'opaque') && modelKeys.has(key)) foreign ??= inner.name;
      }
    }
    level = next;
  }
  if (found.length > 0) return found;
  if (foreign !== undefined)
    throw unsafe(
      file,
      `it holds a whole object of the class ${quoted(foreign)} and no tensors by name; save its state_dict() instead`,
    );
  throw broken(file, 'it holds no dictionary of tensors: save the state_dict()');
}

const longestPath = 200;
/** Keys under which some tools save the network itself. */
const modelKeys = new Set(['model', 'net', 'network', 'module', 'ema']);

/** NumPy's arrays are named after the function that creates them. */
const readableName = (name: string): string => (/\bmultiarray\._reconstruct$/.test(name) ? 'numpy.ndarray' : name);

/** The items of a dictionary, or of an object whose class derives from one. */
export const entriesOf = (value: PickleValue): ReadonlyMap<PickleValue, PickleValue> | undefined =>
  isKind(value, 'dict') || isKind(value, 'opaque') ? value.entries : undefined;

/** undefined: no tensors. Tensors with numbers as keys belong to an optimizer. */
function tensorsIn(entries: ReadonlyMap<PickleValue, PickleValue>): Map<string, TensorRef | string> | undefined {
  const values = new Map<string, TensorRef | string>();
  let tensors = 0;
  for (const [key, value] of entries) {
    if (typeof key !== 'string') continue;
    const ref = tensorOf(value);
    if (ref !== undefined) tensors++;
    if (ref !== undefined) values.set(key, ref);
    else if (isKind(value, 'opaque') && !value.entries) values.set(key, readableName(value.name));
  }
  return tensors > 0 ? values : undefined;
}
