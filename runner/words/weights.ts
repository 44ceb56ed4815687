// Origin of a run's initial weights, in English, for terminal, reports and exported files.
import type { WeightsOrigin } from '../../shared/contracts/events.ts';

export const starterWords = 'starter weights (learned from drawings)';

/** In a file for others: without the name of a person's own file. */
export function sharedOriginWords({ kind, name }: WeightsOrigin): string {
  switch (kind) {
    case 'official':
      return name;
    case 'starter':
      return starterWords;
    case 'random':
      return 'random';
    case 'file':
      return 'a weights file';
  }
}
