// A Node program under strace: the sockets it and its processes open, and the files they create. Linux only, with strace installed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Traced {
  readonly code: number | null;
  readonly output: string;
  /** Address families of sockets other than those between processes of this machine: AF_INET, AF_INET6, AF_NETLINK. */
  readonly sockets: readonly string[];
  /** Absolute paths of created files and folders or those opened for writing, including ones removed since. */
  readonly written: readonly string[];
}

/** For a test's `skip`: false, or why tracing is impossible here. */
export const cannotTrace = ((): false | string => {
  try {
    execFileSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'strace cannot run here';
  }
})();

/** Variables that switch a library's telemetry off by themselves, which would hide it from a test in CI. */
const pipelineVariables = [
  'CI',
  'TF_BUILD',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'CIRCLECI',
  'TRAVIS',
  'JENKINS_URL',
  'CODEBUILD_BUILD_ID',
  'BUILDKITE',
  'TEAMCITY_VERSION',
  'APPVEYOR',
  'BITBUCKET_BUILD_NUMBER',
  'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI',
  'ORT_RUNNING_UNIT_TESTS',
  'ORT_DISABLE_TELEMETRY',
];

/**
 * @param args  of Node
 * @param home  the user's home folder; temporary files go to a `tmp` within it
 */
export async function traced(args: readonly string[], home: string): Promise<Traced> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !pipelineVariables.includes(name) && !name.startsWith('XDG_') && name !== 'NODE_TEST_CONTEXT',
  );
  const temporary = join(home, 'tmp');
  await mkdir(temporary, { recursive: true });
  const log = await mkdtemp(join(tmpdir(), 'traced-'));
  const calls = 'trace=socket,open,openat,creat,mkdir,mkdirat,mknod,mknodat,link,linkat,symlink,symlinkat';
  const child = spawn(
    'strace',
    [
      ...['-f', '--seccomp-bpf', '-qq', '-y', '-s', '4096', '-e', calls, '-o', join(log, 'calls')],
      ...[process.execPath, ...args],
    ],
    {
      cwd: home,
      env: { ...Object.fromEntries(kept), HOME: home, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = (await readFile(join(log, 'calls'), 'utf8')).split('\n');
  await rm(log, { recursive: true });
  return { code, output: said.join(''), ...summaryOf(lines, home) };
}

function summaryOf(lines: readonly string[], folder: string): Pick<Traced, 'sockets' | 'written'> {
  const sockets: string[] = [];
  const written = new Set<string>();
  for (const line of lines) {
    const [, call, given] = /^\d+\s+(?:<\.\.\. )?(\w+)[( ](.*)/.exec(line) ?? [];
    if (call === undefined || given === undefined || / = -1 E/.test(line)) continue;
    if (call === 'socket') {
      const family = /\bAF_\w+/.exec(given)?.[0];
      if (family !== undefined && family !== 'AF_UNIX') sockets.push(family);
    } else if (!/^open/.test(call) || /\bO_(?:CREAT|WRONLY|RDWR)\b/.test(given)) {
      const paths = [...given.matchAll(/(?:AT_FDCWD<([^>]*)>, |\d+<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)];
      const last = paths.at(-1);
      if (last) written.add(resolve(last[1] ?? last[2] ?? folder, last[3]!));
    }
  }
  return { sockets, written: [...written].sort() };
}
