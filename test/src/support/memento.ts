import type { Memento } from 'vscode';

/** Memory of a workspace or a machine, without a disk. Values are cloned like the editor's. */
export function mementoOf(values: Readonly<Record<string, unknown>> = {}): Memento {
  const kept = new Map(Object.entries(values));
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => (kept.has(key) ? (kept.get(key) as T) : otherwise),
    async update(key: string, value: unknown) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, structuredClone(value));
    },
  } as Memento;
}
