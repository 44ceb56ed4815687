// What the runner is started with: arguments and environment, as pure functions.
import { z } from 'zod';

export interface FineTuneRequest {
  /** Absolute. */
  readonly dataset: string;
  /** A bundled recipe's name or the absolute path of a recipe file. */
  readonly recipe: string;
  /** Instead of the recipe's: an absolute path, or "none". null: the recipe's. */
  readonly weights: string | null;
  /** The person agreed to the download of the official weights. */
  readonly allowDownload: boolean;
  readonly weightsMirror: string | null;
  readonly threads: number | null;
  readonly runsFolder: string;
  /** Named, so that both sides look into the same one. */
  readonly cacheFolder: string;
  readonly runId: string;
}

/** The command line after the script's path. Values stand in `--name=value`, so that none can be taken for an option. */
export const fineTuneArguments = (request: FineTuneRequest): string[] => [
  'fine-tune',
  request.dataset,
  `--recipe=${request.recipe}`,
  ...(request.weights === null ? [] : [`--weights=${request.weights}`]),
  `--runs=${request.runsFolder}`,
  `--run-id=${request.runId}`,
  `--cache-folder=${request.cacheFolder}`,
  ...(request.allowDownload ? ['--download'] : []),
  ...(request.weightsMirror === null ? [] : [`--weights-mirror=${request.weightsMirror}`]),
  ...(request.threads === null ? [] : [`--threads=${request.threads}`]),
  '--json',
];

const passedOn = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP'],
  ...['USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR'],
  ...['COMSPEC', 'PATHEXT', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'HOMEDRIVE', 'HOMEPATH'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
]);

/**
 * An allow-list: NODE_OPTIONS, ELECTRON_*, VSCODE_* and whatever holds a token stay behind. `proxy`: the editor's `http.proxy`, which
 * counts when the environment names none.
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

/** The last `{"type":"error", ...}` line of the runner's output: what it said before it gave up. */
export function lastError(log: string): { code: string; params: Record<string, string | number> } | undefined {
  for (const line of log.trimEnd().split('\n').reverse()) {
    if (!line.startsWith('{') || !line.includes('"error"')) continue;
    const parsed = ErrorLine.safeParse(parseJson(line));
    if (parsed.success) return { code: parsed.data.code, params: parsed.data.params };
  }
  return undefined;
}

/** How a process ended, as the words in "ended unexpectedly (...)". 137 and SIGKILL are how a full memory ends a process. */
export function endReason({ code, signal }: { code: number | null; signal: string | null }): string {
  if (signal === 'SIGKILL' || code === 137) return 'killed, perhaps because the memory was full';
  return signal === null ? `exit code ${code}` : signal;
}

const ErrorLine = z.object({
  type: z.literal('error'),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a torn or foreign line says nothing
  }
}
