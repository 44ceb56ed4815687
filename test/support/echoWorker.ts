// A process for an engine that returns its feeds, or does what the name of its program says.
import process from 'node:process';
import { serve } from '../../runner/engine/process/serve.ts';

serve({
  load: ({ name }) => ({
    run(feeds) {
      if (name === 'fails') throw new Error('no such thing');
      if (name === 'ends') {
        process.stderr.write('first words\nlast words\n');
        process.exit(3);
      }
      return feeds;
    },
    readState: () => [],
    writeState: () => {},
    dispose: () => {},
  }),
  graphics: () => ({ platform: process.platform, libraries: [], deviceFiles: [String(process.pid)] }),
});
