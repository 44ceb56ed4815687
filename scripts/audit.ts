// `npm audit` for what ships in the VSIX. Reports when the registry does not respond, because silence is not a clean audit.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { z } from 'zod';

const Report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ name: z.string(), severity: z.string(), range: z.string(), via: z.array(z.unknown()) }),
  ),
  metadata: z.object({ dependencies: z.object({ total: z.int() }) }),
});
const Refusal = z.object({ message: z.string() });

export interface Verdict {
  /** "unknown": the audit failed to run. */
  readonly state: 'clean' | 'vulnerable' | 'unknown';
  readonly sentence: string;
}

/** @param output  of `npm audit --json` @param shipped  names of packages */
export function auditVerdict(output: string, shipped: readonly string[]): Verdict {
  const read = parsed(output);
  const report = Report.safeParse(read);
  if (!report.success || report.data.metadata.dependencies.total === 0) {
    const said = Refusal.safeParse(read).data?.message ?? (output.trim().split('\n')[0] || 'npm audit gave no answer');
    return { state: 'unknown', sentence: `Known vulnerabilities could not be checked: ${said}.` };
  }
  const found = Object.values(report.data.vulnerabilities).filter(({ name }) => shipped.includes(name));
  if (found.length === 0)
    return {
      state: 'clean',
      sentence: `npm audit knows no vulnerability in the ${shipped.length} packages that ship.`,
    };
  const list = found.map(({ name, severity, range }) => `${name} ${range} (${severity})`).join(', ');
  return {
    state: 'vulnerable',
    sentence: `npm audit knows vulnerabilities in packages that ship: ${list}. Update them.`,
  };
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

/** Queries the registry of this machine's npm. */
export function audit(shipped: readonly string[], folder: string): Verdict {
  const own = process.env.npm_execpath;
  const [command, args] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  const { stdout, error } = spawnSync(command, [...args, 'audit', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    shell: command === 'npm' && process.platform === 'win32',
  });
  return auditVerdict(error ? error.message : stdout, shipped);
}
