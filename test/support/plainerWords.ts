/** Words and phrases with a plainer counterpart, which neither texts that are shown nor comments use: one thing has one name. */
export const plainerWords: readonly (readonly [pattern: RegExp, plainer: string])[] = [
  [/\bshel(f|ves|ved)\b/i, 'cache'],
  [/\bprocessors?\b/i, 'CPU'],
  [/\bgraphics (device|card)s?\b/i, 'GPU'],
  [/\bimages at once\b/i, 'images per pass, micro-batch'],
  [/\badds? (the|its|their) gradients\b/i, 'accumulates gradients'],
  [/\bpass(ed|es)? over\b(?! (the|all|every))/i, 'skipped'],
  [/\btold\b(?! apart)/i, 'shown, reported, notified'],
  [/\btoo good to be true\b/i, 'too optimistic'],
  [/\bstands? (in(?! for)|beside|below|there|twice)\b/i, 'appears, is'],
];
