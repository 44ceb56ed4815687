// How often test images have been looked at, in words: for the terminal and the report alike.

/** 0: of a run that was tested before looks were counted. */
export const lookedAt = (count: number): string =>
  `looked at ${count <= 1 ? 'once' : count === 2 ? 'twice' : `${count} times`}`;

/** With what every new look takes from a test split. */
export const testLooksLine = (count: number): string =>
  `The test images have been ${lookedAt(count)}${count <= 1 ? '' : ': the more often, the less their numbers say about new images'}.`;
