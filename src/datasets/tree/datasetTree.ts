// The rows of the Datasets view as a pure function of datasets and runs. datasetTreeView.ts connects them to the editor.
import type { SplitName } from '../../../shared/contracts/splits.ts';
import type { Run } from '../../runs/runs.ts';
import { runsOf } from '../../runs/runsOf.ts';
import { headlineText, type RowContext, stateText } from '../../runs/tree/runTexts.ts';
import { escapeMarkdown } from '../../runs/tree/tooltip.ts';
import { whenText } from '../../words/time.ts';
import { type CheckSummary, isOutdated, troubleCount } from '../checks/checkRecord.ts';
import {
  classCount,
  type DatasetCounts,
  type DatasetWarning,
  imageCount,
  imbalanceOf,
  isFlat,
  layoutText,
  sum,
  warningsOf,
} from '../index/datasetCounts.ts';
import type { DatasetEntry } from '../index/datasetIndex.ts';
import { checkText, imagesText, imbalanceText, notableRatio, shortCheckText, warningText } from './datasetWords.ts';

export interface DatasetRow {
  readonly id: string;
  /** Absolute path of the row's dataset. */
  readonly folder: string;
  readonly label: string;
  readonly description: string;
  /** Markdown; every value from outside is escaped. */
  readonly tooltip: string;
  /** A codicon's id and a theme colour's id. */
  readonly icon: { readonly id: string; readonly color: string | null };
  /** Value for `when` clauses: the actions that apply. */
  readonly contextValue: 'dataset' | 'group' | 'warning' | 'check' | 'runs' | 'run';
  readonly accessibilityLabel: string;
  /** Command of a click. */
  readonly opens: RowTarget | null;
  readonly children: readonly DatasetRow[];
}

export type RowTarget =
  | { readonly type: 'sheet'; readonly split: SplitName | null; readonly className: string | null }
  | { readonly type: 'report' }
  | { readonly type: 'run'; readonly runId: string };

export interface DatasetNaming {
  /** Name of the folder for the user. */
  readonly name: (folder: string) => string;
  /** Location, shown where names are ambiguous. */
  readonly place: (folder: string) => string;
}

export type DatasetContext = RowContext & DatasetNaming;

const warningsAtMost = 8;
const warningIcon = { id: 'warning', color: 'list.warningForeground' } as const;

export const datasetTree = (
  datasets: readonly DatasetEntry[],
  runs: readonly Run[],
  context: DatasetContext,
): DatasetRow[] => datasets.map((entry) => datasetRow(entry, runsOf(entry.folder, runs), context));

function datasetRow(entry: DatasetEntry, runs: readonly Run[], context: DatasetContext): DatasetRow {
  const { folder, counts, isChecking, check } = entry;
  const { t } = context;
  const label = context.name(folder);
  if (counts === null) {
    const description = t('Counting');
    return {
      ...rowOf(folder, '', { label, description, icon: { id: 'loading~spin', color: null }, contextValue: 'dataset' }),
      tooltip: escapeMarkdown(context.place(folder)),
    };
  }
  const warnings = warningsOf(counts);
  const outdated = check !== null && isOutdated(check, counts);
  const facts = [
    imagesText(imageCount(counts), counts, context.language, t),
    t('{count} {count|class|classes}', { count: counts.classNames.length }),
    layoutText(counts) ?? t('flat'),
  ];
  const state = isChecking ? t('checking') : check && shortCheckText(check, outdated, t);
  const children = [
    ...warningRows(folder, warnings, t),
    ...(check ? [checkRow(folder, check, outdated, context)] : []),
    ...groupRows(folder, counts, context),
    ...(runs.length > 0 ? [runsRow(folder, runs, context)] : []),
  ];
  return {
    ...rowOf(folder, '', {
      label,
      description: [...facts, state].filter((part) => part).join(' · '),
      icon: isChecking
        ? { id: 'sync~spin', color: null }
        : warnings.length > 0
          ? warningIcon
          : { id: 'library', color: null },
      contextValue: 'dataset',
    }),
    tooltip: tooltipOf(entry, counts, warnings, runs, context),
    accessibilityLabel: [
      label,
      ...facts,
      state,
      warnings.length > 0 && t('{count} {count|warning|warnings}', { count: warnings.length }),
    ]
      .filter((part) => part)
      .join(', '),
    children,
  };
}

function warningRows(folder: string, warnings: readonly DatasetWarning[], t: RowContext['t']): DatasetRow[] {
  const texts = warnings.slice(0, warningsAtMost).map((warning) => warningText(warning, t));
  const more = warnings.length - texts.length;
  if (more > 0) texts.push(t('{count} more {count|warning|warnings}', { count: more }));
  return texts.map((text, i) =>
    rowOf(folder, `warning/${i}`, { label: text, icon: warningIcon, contextValue: 'warning' }),
  );
}

function checkRow(folder: string, check: CheckSummary, outdated: boolean, context: DatasetContext): DatasetRow {
  const { t, now, language } = context;
  const when = whenText(check.checkedAt, now, language);
  const said = [checkText(check, t), ...(outdated ? [t('changed since')] : [])].join(' · ');
  const isClean = troubleCount(check) === 0;
  return {
    ...rowOf(folder, 'check', {
      label: t('Checked {when}', { when }),
      description: said,
      icon: outdated
        ? { id: 'history', color: null }
        : isClean
          ? { id: 'pass', color: 'testing.iconPassed' }
          : warningIcon,
      contextValue: 'check',
    }),
    tooltip: escapeMarkdown(
      t('With the split and the groups of the recipe {recipe}. Click for the report.', { recipe: check.recipe }),
    ),
    opens: { type: 'report' },
  };
}

function groupRows(folder: string, counts: DatasetCounts, context: DatasetContext): DatasetRow[] {
  const rows = counts.splits.map(({ split, counts: own }) => {
    const classes = counts.classNames.map((className, label) =>
      classRow(folder, split, className, own[label] ?? null, sum(own), context),
    );
    return split === null ? classes : [splitRow(folder, split, own, classes, context)];
  });
  return rows.flat();
}

function splitRow(
  folder: string,
  split: SplitName,
  own: readonly (number | null)[],
  children: readonly DatasetRow[],
  { language, t }: DatasetContext,
): DatasetRow {
  const all = { complete: true };
  return {
    ...rowOf(folder, `split/${split}`, {
      label: split,
      description: imagesText(sum(own), all, language, t),
      icon: { id: 'folder', color: null },
      contextValue: 'group',
    }),
    children,
  };
}

function classRow(
  folder: string,
  split: SplitName | null,
  className: string,
  count: number | null,
  all: number,
  { language, t }: DatasetContext,
): DatasetRow {
  const share = all > 0 && count !== null ? t('{percent} %', { percent: Math.round((100 * count) / all) }) : null;
  const images = count === null ? t('missing') : imagesText(count, { complete: true }, language, t);
  return {
    ...rowOf(folder, `class/${split ?? ''}/${className}`, {
      label: className,
      description: [images, share].filter((part) => part).join(' · '),
      icon: count ? { id: 'symbol-class', color: null } : warningIcon,
      contextValue: 'group',
    }),
    tooltip: escapeMarkdown(t('Show in the contact sheet')),
    opens: { type: 'sheet', split, className },
  };
}

function runsRow(folder: string, runs: readonly Run[], context: DatasetContext): DatasetRow {
  const { t, now, language } = context;
  const label = t('Used by {count} {count|run|runs}', { count: runs.length });
  return {
    ...rowOf(folder, 'runs', { label, icon: { id: 'history', color: null }, contextValue: 'runs' }),
    children: runs.map((run) => ({
      ...rowOf(folder, `run/${run.id}`, {
        label: run.state.recipe ? `${run.state.recipe.name} (${run.state.recipe.network})` : run.id,
        description: [headlineText(run, t) ?? stateText(run, t), whenText(run.createdAt, now, language)].join(' · '),
        icon: { id: 'beaker', color: null },
        contextValue: 'run',
      }),
      opens: { type: 'run', runId: run.id } as const,
    })),
  };
}

type RowParts = Pick<DatasetRow, 'label' | 'icon' | 'contextValue'> & { readonly description?: string };

const rowOf = (folder: string, below: string, { description = '', ...parts }: RowParts): DatasetRow => ({
  id: `${folder}\n${below}`,
  folder,
  description,
  tooltip: escapeMarkdown([parts.label, description].filter((part) => part !== '').join(' · ')),
  accessibilityLabel: [parts.label, description].filter((part) => part !== '').join(', '),
  opens: null,
  children: [],
  ...parts,
});

function tooltipOf(
  { folder, check }: DatasetEntry,
  counts: DatasetCounts,
  warnings: readonly DatasetWarning[],
  runs: readonly Run[],
  context: DatasetContext,
): string {
  const { t, now, language } = context;
  const imbalance = imbalanceOf(counts);
  const plain = [
    ...(imbalance && imbalance.ratio >= notableRatio && !warnings.some(({ kind }) => kind === 'unbalanced')
      ? [imbalanceText(imbalance, t)]
      : []),
    ...warnings.slice(0, warningsAtMost).map((warning) => warningText(warning, t)),
    check &&
      `${t('Checked {when}', { when: whenText(check.checkedAt, now, language) })}: ${checkText(check, t)}${
        isOutdated(check, counts) ? ` (${t('changed since')})` : ''
      }`,
    runs.length > 0 && t('Used by {count} {count|run|runs}', { count: runs.length }),
  ].filter((line) => typeof line === 'string');
  return [
    `**${escapeMarkdown(context.name(folder))}** ${escapeMarkdown(context.place(folder))}`,
    countTable(counts, t),
    ...plain.map(escapeMarkdown),
  ].join('\n\n');
}

const classesInTooltip = 20;

function countTable(counts: DatasetCounts, t: RowContext['t']): string {
  const { classNames, splits } = counts;
  const heads = isFlat(counts) ? [t('images')] : [...splits.map(({ split }) => String(split)), t('all')];
  const row = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => escapeMarkdown(String(cell))).join(' | ')} |`;
  const shown = classNames.slice(0, classesInTooltip);
  const rows = shown.map((className, label) => {
    const own = splits.map(({ counts: each }) => each[label] ?? '–');
    return row([className, ...own, ...(isFlat(counts) ? [] : [classCount(counts, label)])]);
  });
  const more = classNames.length - shown.length;
  return [
    row([t('class'), ...heads]),
    `|---|${heads.map(() => '--:|').join('')}`,
    ...rows,
    ...(more > 0 ? [row([t('{count} more', { count: more }), ...heads.map(() => '')])] : []),
  ].join('\n');
}
