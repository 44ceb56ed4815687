// The stored arrangement of this workspace's sidebar, and the questions that change it.
import * as vscode from 'vscode';
import { t } from '../../words/showError.ts';
import type { Run } from '../runs.ts';
import { groupingName, sortName } from './arrangedTree.ts';
import {
  type Arrangement,
  arrangementFrom,
  groupings,
  isFiltered,
  isMetric,
  listedStates,
  sortedBy,
  sortKeys,
  stateOf,
  withoutFilter,
} from './arrangement.ts';
import { stateName } from './runTexts.ts';

export interface Arranging extends vscode.Disposable {
  readonly current: Arrangement;
  /** Called when the arrangement changes. */
  set(arrangement: Arrangement): void;
  readonly onDidChange: vscode.Event<void>;
}

const memoryKey = 'arrangement';
const filteredKey = 'shoulders.filtered';

export function createArranging(memory: vscode.Memento, onError: (error: unknown) => void): Arranging {
  const changed = new vscode.EventEmitter<void>();
  let current = arrangementFrom(memory.get<unknown>(memoryKey) ?? {});
  const tell = (): void =>
    void vscode.commands.executeCommand('setContext', filteredKey, isFiltered(current)).then(undefined, onError);
  tell();
  return {
    get current() {
      return current;
    },
    set(arrangement) {
      current = arrangement;
      Promise.resolve(memory.update(memoryKey, arrangement)).catch(onError);
      tell();
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

const chosenMark = (isChosen: boolean): string => (isChosen ? '$(check)' : '');

export async function askGrouping(arranging: Arranging): Promise<void> {
  const items = groupings.map(
    (value): Choice<typeof value> => ({
      label: groupingName(value, t),
      description: chosenMark(value === arranging.current.groupBy),
      value,
    }),
  );
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Group Runs By') });
  if (picked) arranging.set({ ...arranging.current, groupBy: picked.value });
}

/** Choosing the current key reverses the order. Offers only metrics that some run has. */
export async function askSorting(arranging: Arranging, runs: readonly Run[]): Promise<void> {
  const { sortBy, descending } = arranging.current;
  const items = sortKeys
    .filter((key) => !isMetric(key) || key === sortBy || runs.some(({ metrics }) => metrics[key] !== undefined))
    .map(
      (value): Choice<typeof value> => ({
        label: sortName(value, t),
        description: value === sortBy ? (descending ? '$(arrow-down)' : '$(arrow-up)') : '',
        ...(value === sortBy ? { detail: vscode.l10n.t('Choose again to reverse the order.') } : {}),
        value,
      }),
    );
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Sort Runs By') });
  if (picked) arranging.set(sortedBy(arranging.current, picked.value));
}

export async function askFilter(arranging: Arranging, runs: readonly Run[]): Promise<void> {
  const { text, states, starredOnly } = arranging.current;
  const items: Choice<() => unknown>[] = [
    {
      label: `$(search) ${vscode.l10n.t('Text…')}`,
      description: text.replaceAll('$(', '$ ('),
      detail: vscode.l10n.t('in name, dataset, recipe, tags and note'),
      value: () => askText(arranging),
    },
    {
      label: `$(pulse) ${vscode.l10n.t('State…')}`,
      description: states.map((state) => stateName(state, t)).join(' / '),
      value: () => askStates(arranging, runs),
    },
    {
      label: `$(star-full) ${vscode.l10n.t('Starred Only')}`,
      description: chosenMark(starredOnly),
      value: () => arranging.set({ ...arranging.current, starredOnly: !starredOnly }),
    },
    ...(isFiltered(arranging.current)
      ? [
          {
            label: `$(clear-all) ${vscode.l10n.t('Clear Filter')}`,
            value: () => arranging.set(withoutFilter(arranging.current)),
          },
        ]
      : []),
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Filter Runs') });
  await picked?.value();
}

/** The rows update as the user types; Escape restores the previous filter. */
async function askText(arranging: Arranging): Promise<void> {
  const before = arranging.current;
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Filter Runs by Text');
  box.placeholder = vscode.l10n.t('pneumonia #pilot');
  box.prompt = vscode.l10n.t('Every word must appear in the name, dataset, recipe, tags or note.');
  box.value = before.text;
  const isTaken = await new Promise<boolean>((settle) => {
    box.onDidChangeValue((text) => arranging.set({ ...arranging.current, text: text.slice(0, 500) }));
    box.onDidAccept(() => settle(true));
    box.onDidHide(() => settle(false));
    box.show();
  });
  box.dispose();
  if (!isTaken) arranging.set({ ...arranging.current, text: before.text });
}

async function askStates(arranging: Arranging, runs: readonly Run[]): Promise<void> {
  const { states } = arranging.current;
  const items = listedStates.map((value) => {
    const count = runs.filter((run) => stateOf(run) === value).length;
    return { label: stateName(value, t), description: `${count}`, picked: states.includes(value), value };
  });
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Filter Runs by State'),
    placeHolder: vscode.l10n.t('None: runs of every state'),
  });
  if (picked) arranging.set({ ...arranging.current, states: picked.map(({ value }) => value) });
}
