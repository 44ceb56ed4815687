// The first run of this workspace: the one that Try It on a Sample started last.
import type { Memento } from 'vscode';

const key = 'firstRun';

/** Run id, shared by the windows of the workspace; undefined: there was none. */
export const firstRunId = (memory: Memento): string | undefined => memory.get<string>(key);

export const rememberFirstRun = (memory: Memento, runId: string): Thenable<void> => memory.update(key, runId);
