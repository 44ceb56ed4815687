// Who asks, and says which process answers; then does nothing until somebody ends it.
import { echoEngine } from './echoEngine.ts';

const [pid] = (await echoEngine().graphics()).deviceFiles;
console.log(pid);
