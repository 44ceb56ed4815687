// The three splits, and the folder names that denote them.
export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Keywords by which Hugging Face's `datasets` recognizes splits (data_files.py of 5.2.0), here in any case. */
const splitsByFolder: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['dev', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
  ['eval', 'test'],
  ['evaluation', 'test'],
]);

/** Split of a folder name in any case; undefined: the folder is no split. */
export const splitOfFolder = (name: string): SplitName | undefined => splitsByFolder.get(name.toLowerCase());
