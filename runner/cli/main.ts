#!/usr/bin/env node
// The program. Absent: signals and threads (supervised.ts), the commands (commands.ts).
import { runSupervised } from './supervised.ts';

runSupervised({ graceMs: 4000 });
