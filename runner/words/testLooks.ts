// How often the test images have been looked at, for both terminal and report.

/** @param count  0 for a run tested before looks were counted */
export const timesLooked = (count: number): string => (count <= 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** @param count  as in `timesLooked` */
export const lookedAt = (count: number): string => `looked at ${timesLooked(count)}`;

/** The count, with a warning that every further look weakens the results. */
export const testLooksLine = (count: number): string =>
  `The test images have been ${lookedAt(count)}${count <= 1 ? '' : ': the more often, the less their results say about new images'}.`;
