// Written by scripts/starter/pack.ts beside the file itself: the shipped starter weights, by network.

import type { StarterWeights } from './architectures.ts';

export const starterFiles: Readonly<Record<string, StarterWeights>> = {};
