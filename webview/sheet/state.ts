// The contact sheet's state: a pure fold over messages from the host and actions of the user.
// Absent: the editor, the page, decoding anything. Called by main.ts.
import type { SplitName } from '../../shared/contracts/splits.ts';
import type {
  DatasetCard,
  SheetGroup,
  SheetImage,
  SheetPanelState,
  SheetThumbnail,
  ToSheetPanel,
} from '../../shared/messages/sheet.ts';
import type { SnapshotWanted } from '../page/panelLoop.ts';

export interface SheetState {
  /** null until the first snapshot. */
  readonly card: DatasetCard | null;
  readonly dataset: string;
  readonly seed: number;
  readonly groups: readonly SheetGroup[];
  readonly sync: 'waiting' | 'live';
  readonly strings: Readonly<Record<string, string>>;
  /** null: all. */
  readonly split: SplitName | null;
  readonly className: string | null;
  readonly markedOnly: boolean;
  /** The newest reply for each path. */
  readonly thumbnails: ReadonlyMap<string, SheetThumbnail>;
  /** Paths requested since the last snapshot: an earlier reply may be about another file of that name. */
  readonly asked: ReadonlySet<string>;
  /** Number of images requested by the user for a group, if more than the snapshot has; by groupKey(). */
  readonly lengths: Readonly<Record<string, number>>;
  /** Groups of those already requested since the last snapshot. */
  readonly lengthsAsked: Readonly<Record<string, number>>;
  readonly groupLimit: number;
}

export type SheetAction =
  | ToSheetPanel
  | SnapshotWanted
  | { readonly type: 'splitPicked'; readonly split: SplitName | null }
  | { readonly type: 'classPicked'; readonly className: string | null }
  | { readonly type: 'markedOnlySet'; readonly on: boolean }
  | { readonly type: 'moreShown'; readonly key: string; readonly count: number }
  | { readonly type: 'moreAsked'; readonly key: string; readonly count: number }
  | { readonly type: 'moreGroupsShown' }
  | { readonly type: 'thumbnailsAsked'; readonly relativePaths: readonly string[] }
  | { readonly type: 'thumbnailBroken'; readonly relativePath: string; readonly reason: string };

/** Number of groups drawn at first, and added by each click for more. */
export const groupsAtOnce = 40;

export const initialSheetState = (restored: SheetPanelState | null = null): SheetState => ({
  card: null,
  dataset: '',
  seed: 0,
  groups: [],
  sync: 'waiting',
  strings: {},
  split: restored?.split ?? null,
  className: restored?.className ?? null,
  markedOnly: restored?.markedOnly ?? false,
  thumbnails: new Map(),
  asked: new Set(),
  lengths: {},
  lengthsAsked: {},
  groupLimit: groupsAtOnce,
});

export const groupKey = ({ split, className }: Pick<SheetGroup, 'split' | 'className'>): string =>
  `${split ?? ''}/${className}`;

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduceSheet(state: SheetState, action: SheetAction): SheetState {
  switch (action.type) {
    case 'snapshot':
      return fitted({
        ...state,
        card: action.card,
        dataset: action.dataset,
        seed: action.seed,
        groups: action.groups,
        strings: action.strings,
        sync: 'live',
        asked: new Set(),
        lengths: action.seed === state.seed ? state.lengths : {},
        lengthsAsked: {},
      });
    case 'sample':
      if (action.seed !== state.seed) return state;
      return {
        ...state,
        groups: state.groups.map((group) =>
          groupKey(group) === groupKey(action) ? { ...group, sample: action.sample } : group,
        ),
      };
    case 'thumbnails': {
      const thumbnails = new Map(state.thumbnails);
      for (const thumbnail of action.thumbnails) thumbnails.set(thumbnail.relativePath, thumbnail);
      return { ...state, thumbnails };
    }
    case 'show':
      return fitted({ ...state, split: action.split, className: action.className, markedOnly: false });
    case 'splitPicked':
      return { ...state, split: action.split, groupLimit: groupsAtOnce };
    case 'classPicked':
      return { ...state, className: action.className, groupLimit: groupsAtOnce };
    case 'markedOnlySet':
      return { ...state, markedOnly: action.on, groupLimit: groupsAtOnce };
    case 'moreShown':
      return { ...state, lengths: { ...state.lengths, [action.key]: action.count } };
    case 'moreAsked':
      return { ...state, lengthsAsked: { ...state.lengthsAsked, [action.key]: action.count } };
    case 'moreGroupsShown':
      return { ...state, groupLimit: state.groupLimit + groupsAtOnce };
    case 'thumbnailsAsked':
      return { ...state, asked: new Set([...state.asked, ...action.relativePaths]) };
    case 'thumbnailBroken': {
      const { relativePath, reason } = action;
      return {
        ...state,
        thumbnails: new Map(state.thumbnails).set(relativePath, { relativePath, address: null, reason }),
      };
    }
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

/** A filter for a removed class or split shows everything. */
function fitted(state: SheetState): SheetState {
  if (state.card === null) return state;
  const { splits, classNames } = state.card;
  return {
    ...state,
    split: splits.some(({ split }) => split === state.split) ? state.split : null,
    className: state.className !== null && classNames.includes(state.className) ? state.className : null,
  };
}

/** Groups that pass the filters, drawn or not. */
export const filteredGroups = ({ groups, split, className, markedOnly }: SheetState): SheetGroup[] =>
  groups.filter(
    (group) =>
      (split === null || group.split === split) &&
      (className === null || group.className === className) &&
      (!markedOnly || group.markedCount > 0),
  );

export const shownImages = (group: SheetGroup, markedOnly: boolean): readonly SheetImage[] =>
  markedOnly ? group.marked : group.sample;

export const markedTotal = ({ groups }: SheetState): number =>
  groups.reduce((sum, { markedCount }) => sum + markedCount, 0);

/** Longer samples not yet requested from the host. */
export const wantedSamples = ({ groups, lengths, lengthsAsked }: SheetState): { group: SheetGroup; count: number }[] =>
  groups.flatMap((group) => {
    const key = groupKey(group);
    const count = Math.min(lengths[key] ?? 0, group.imageCount);
    return count > group.sample.length && lengthsAsked[key] !== count ? [{ group, count }] : [];
  });

/** State that the page stores; undefined before the first snapshot. */
export const keptSheet = ({ card, dataset, seed, split, className, markedOnly }: SheetState) =>
  card === null ? undefined : { dataset, seed, split, className, markedOnly };

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
