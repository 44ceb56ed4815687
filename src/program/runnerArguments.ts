// Arguments and environment of the runner, as pure functions.
import { z } from 'zod';
import type { MachineOptions } from '../../shared/contracts/job.ts';

export interface EvaluateRequest extends Pick<MachineOptions, 'threads' | 'cacheFolder' | 'linkFolders'> {
  /** Absolute: a run folder or an .onnx file. */
  readonly model: string;
  /** Absolute. */
  readonly data: string;
  readonly folders: 'labels' | 'knownLabels' | 'noLabels';
}

/** Command that reads its job from standard input. */
export const jobArguments = (command: 'fine-tune' | 'resume'): string[] => [command, '--job=-', '--json'];

/** `folders`: folder names are classes; classes if the model has them; not classes. */
export const evaluateArguments = ({
  model,
  data,
  folders,
  threads,
  cacheFolder,
  linkFolders,
}: EvaluateRequest): string[] => [
  'evaluate',
  model,
  `--data=${data}`,
  ...(folders === 'knownLabels' ? ['--ignore-unknown-classes'] : []),
  ...(folders === 'noLabels' ? ['--unlabelled'] : []),
  ...linkArguments(linkFolders),
  `--cache-folder=${cacheFolder}`,
  ...(threads === null ? [] : [`--threads=${threads}`]),
  '--json',
];

/** Options of every command that reads a dataset. */
export const linkArguments = (linkFolders: readonly string[] = []): string[] =>
  linkFolders.map((folder) => `--follow-links=${folder}`);

const passedOn = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP'],
  ...['USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR'],
  ...['COMSPEC', 'PATHEXT', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'HOMEDRIVE', 'HOMEPATH'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'],
  // Locations of GPU drivers.
  ...[
    'XDG_DATA_DIRS',
    'XDG_RUNTIME_DIR',
    'VK_DRIVER_FILES',
    'VK_ICD_FILENAMES',
    'LD_LIBRARY_PATH',
    'CUDA_VISIBLE_DEVICES',
  ],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
]);

/**
 * An allow-list: NODE_OPTIONS, ELECTRON_*, VSCODE_* and whatever may contain a token are dropped. `proxy`: the editor's `http.proxy`, used
 * when the environment names none.
 */
export function runnerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  proxy: string | null,
): Record<string, string> {
  const kept = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (passedOn.has(entry[0].toUpperCase()) || entry[0].startsWith('LC_')),
    ),
  );
  const namesProxy = Object.keys(kept).some((name) => /^https?_proxy$/i.test(name));
  return {
    ...kept,
    ...(proxy !== null && !namesProxy ? { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } : {}),
    ELECTRON_RUN_AS_NODE: '1',
    // Image decoding and file access share this pool; the engine has its own threads.
    UV_THREADPOOL_SIZE: '4',
    VIPS_BLOCK_UNTRUSTED: '1',
  };
}

/** The last `{"type":"error", ...}` line of the runner's output: its reason for giving up. */
export function lastError(log: string): { code: string; params: Record<string, string | number> } | undefined {
  for (const line of log.trimEnd().split('\n').reverse()) {
    if (!line.startsWith('{') || !line.includes('"error"')) continue;
    const parsed = ErrorLine.safeParse(parseJson(line));
    if (parsed.success) return { code: parsed.data.code, params: parsed.data.params };
  }
  return undefined;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** How a process ended, for the sentence "ended unexpectedly (...)". */
export function endReason({ code, signal }: ProcessExit): string {
  if (endedAsByMemory({ code, signal }))
    return signal === 'SIGKILL' || code === 137
      ? 'killed, perhaps because the memory was full'
      : 'aborted, perhaps because the memory was full';
  // Windows reports crashes as a large number, known by its hexadecimal form.
  if (code !== null && code > 0xff) return `exit code 0x${code.toString(16).toUpperCase()}`;
  return signal === null ? `exit code ${code}` : signal;
}

/**
 * 137 and SIGKILL: the system reclaims memory. 134 and SIGABRT: V8 or an allocator found none. 0xC0000017: Windows' "not enough
 * memory".
 */
export const endedAsByMemory = ({ code, signal }: ProcessExit): boolean =>
  signal === 'SIGKILL' || signal === 'SIGABRT' || code === 137 || code === 134 || code === 0xc0000017;

const ErrorLine = z.object({
  type: z.literal('error'),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // ignore an incomplete or foreign line
  }
}
