import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locatedEvent, locatedPath, storedEvent, storedPath } from '../../../shared/runFolder/places.ts';

const posix = process.platform !== 'win32';
const run = '/w/pets project/.shoulders/runs/r1';

test('paths within the project are stored relative to the run, others and names unchanged', { skip: !posix }, () => {
  const pairs = [
    ['/w/pets project/data/pets', '../../../data/pets'],
    ['/w/pets project', '../../..'],
    ['/w/pets project/.shoulders/runs', '..'],
    ['/w/pets project 2', '/w/pets project 2'],
    ['/elsewhere', '/elsewhere'],
    ['IMAGENET1K_V1', 'IMAGENET1K_V1'],
    ['none', 'none'],
  ] as const;
  for (const [path, stored] of pairs) {
    assert.equal(storedPath(path, run), stored);
    assert.equal(locatedPath(stored, run), path);
  }
});

test("a run outside of a .shoulders folder stores its dataset's absolute path", {
  skip: !posix,
}, () => {
  assert.equal(storedPath('/w/data', '/w/runs/r1'), '/w/data');
});

test('paths of a moved project resolve to its new location; old absolute paths, of any system, stay', {
  skip: !posix,
}, () => {
  assert.equal(locatedPath('../../../data', '/new/.shoulders/runs/r1'), '/new/data');
  for (const old of ['/home/ada/pets', 'C:\\Users\\ada\\pets', '\\\\server\\pets', 'weights/own.pth'])
    assert.equal(locatedPath(old, run), old);
});

test('events that do not name the dataset pass unchanged', () => {
  const event = { type: 'continued' } as const;
  assert.equal(storedEvent(event, run), event);
  assert.equal(locatedEvent(event, run), event);
});
