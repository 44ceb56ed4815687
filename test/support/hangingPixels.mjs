// A pixel thread that never replies for image 1, and replies to others with their number.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, image }) => {
  if (image !== 1) parentPort.postMessage({ id, view: Uint8Array.of(image) });
});
