// The runs that the tests of the run panel show.
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { plainLook } from '../../../shared/messages/run.ts';
import { animalsRun, chestXrayRun, samplesOf, snapshotOf, upToEpoch } from './transcripts.ts';

export const chest = chestXrayRun();
export const animals = animalsRun();
export const finished = snapshotOf(chest, chest.events, chest.predictions.get(null)!);
export const animalsFinished = snapshotOf(animals, animals.events, animals.predictions.get(null)!);
export const training = snapshotOf(chest, upToEpoch(chest.events, 8), chest.predictions.get(8)!);
export const plain = { pickedClass: 0, pickedEpoch: null, look: plainLook };
/** With its twelve images. */
export const pictured = (run: typeof chest, events: readonly RunEvent[]) =>
  snapshotOf(run, [...events, samplesOf(run)], null, { nextSeq: events.length });
export const withImages = {
  ...pictured(chest, upToEpoch(chest.events, 8)),
  predictions: chest.predictions.get(8)!,
};
