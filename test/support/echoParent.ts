// A client that prints the number of its engine's process and then waits until it is killed.
import { echoEngine } from './echoEngine.ts';

const [pid] = (await echoEngine().graphics()).deviceFiles;
console.log(pid);
