// A pixel thread that never answers for image 1, and for others with their number.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, image }) => {
  if (image !== 1) parentPort.postMessage({ id, view: Uint8Array.of(image) });
});
