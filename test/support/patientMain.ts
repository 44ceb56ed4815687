// The program with a grace period of two minutes after SIGTERM, enough for a busy machine to stop a run in order.
import { runSupervised } from '../../runner/cli/supervised.ts';

runSupervised({ graceMs: 120_000 });
