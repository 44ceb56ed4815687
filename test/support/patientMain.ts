// The program, with a grace after SIGTERM of two minutes: time enough for a loaded machine to end a run gently.
import { runSupervised } from '../../runner/cli/supervised.ts';

runSupervised({ graceMs: 120_000 });
