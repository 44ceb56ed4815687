// The three splits, and which names of folders mean them.
export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

const splitsByFolder: Readonly<Record<string, SplitName>> = {
  train: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
};

/** In any case; undefined: the folder is no split. */
export const splitOfFolder = (name: string): SplitName | undefined =>
  Object.hasOwn(splitsByFolder, name.toLowerCase()) ? splitsByFolder[name.toLowerCase()] : undefined;
