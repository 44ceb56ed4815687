// The three splits.
export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];
