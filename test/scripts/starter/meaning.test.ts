import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesOf, type NamedIcon } from '../../../scripts/starter/meaning.ts';

/** Names of icons by source, without groups. */
function classesIn(icons: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  const named = Object.entries(icons).map(
    ([source, names]) => [source, names.map((name): NamedIcon => ({ name, category: '' }))] as const,
  );
  const classes = classesOf(new Map(named));
  return Object.fromEntries(
    classes.map(({ name, drawings }) => [name, drawings.map(({ source, icon }) => `${source}:${icon}`).sort()]),
  );
}

test('classesOf() joins the drawings of one thing from all sets, in every style', () => {
  assert.deepEqual(
    classesIn({
      noto: ['anchor'],
      twemoji: ['anchor'],
      tabler: ['anchor', 'anchor-filled'],
      ph: ['anchor-duotone'],
      fxemoji: ['anchor'],
    }),
    {
      anchor: [
        'fxemoji:anchor',
        'noto:anchor',
        'ph:anchor-duotone',
        'tabler:anchor',
        'tabler:anchor-filled',
        'twemoji:anchor',
      ],
    },
  );
});

test('classesOf() takes people of every skin tone and sex as one class, and finds names without hyphens', () => {
  const tones = ['man-firefighter', 'woman-firefighter', 'man-firefighter-medium-dark-skin-tone'];
  const { firefighter, ...rest } = classesIn({
    noto: tones,
    twemoji: [...tones, 'firefighter'],
    fxemoji: ['fire-fighter'],
  });
  assert.deepEqual(rest, {});
  assert.equal(firefighter?.length, 7);
});

test('classesOf() keeps "light" where it is no skin tone', () => {
  const names = ['police-car-light', 'police-car'];
  assert.deepEqual(
    Object.keys(classesIn({ noto: names, twemoji: names, fxemoji: names, emojione: names, 'fluent-emoji': names })),
    ['police-car', 'police-car-light'],
  );
});

test('classesOf() leaves out cats and dogs, which the sample dataset is of, by whatever name', () => {
  const names = [
    'cat', 'cat-face', 'grinning-cat-with-smiling-eyes', 'dog', 'dog-face', 'guide-dog', 'labrador-head', 'sniffing-dog',
    'poodle', 'paw-prints', 'pet-store', 'kitten', 'maneki-neko', 'hot-dog',
  ]; // biome-ignore format: a list of words
  const sets = ['noto', 'twemoji', 'fluent-emoji', 'emojione', 'fxemoji', 'tabler', 'mdi', 'game-icons'];
  const both = [...names, 'cattle-grid', 'wolf'];
  assert.deepEqual(Object.keys(classesIn(Object.fromEntries(sets.map((set) => [set, both])))), ['cattle-grid', 'wolf']);
});

test('classesOf() leaves out signs of user interfaces, and what too few sets draw', () => {
  const sets = ['tabler', 'lucide', 'ph', 'mdi', 'mingcute'];
  const all = Object.fromEntries(sets.map((set) => [set, ['arrow-left', 'align-center', 'brand-github', 'windmill']]));
  assert.deepEqual(Object.keys(classesIn({ ...all, maki: ['harbor'], temaki: ['harbor'] })), ['windmill']);
});

test('classesOf() takes at most two plain drawings of a class from one set', () => {
  const styles = ['windmill', 'windmill-line', 'windmill-fill', 'windmill-bold'];
  const { windmill } = classesIn({ tabler: styles, ph: styles, mdi: ['windmill'] });
  assert.equal(windmill?.length, 5);
});
