import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, weightsOptions } from '../../../src/training/pick/weightsOptions.ts';
import { english } from '../../../src/words/translate.ts';

const asked: Asked = {
  network: 'resnet18',
  official: { fileName: 'w.pth', sizeMB: 45 },
  host: 'example.org',
  before: undefined,
  hasStarter: true,
};
const answers = (over: Partial<Asked>) => weightsOptions({ ...asked, ...over }, english).map(({ answer }) => answer);

for (const [what, over, expected] of [
  ['the download before the starter weights', {}, ['download', 'starter', 'file', 'random']],
  ['a file chosen before first of all', { before: '/w.pth' }, ['before', 'download', 'starter', 'file', 'random']],
  ['no starter weights where there are none', { hasStarter: false }, ['download', 'file', 'random']],
] as const)
  test(`weightsOptions() offers ${what}`, () => assert.deepEqual(answers(over), expected));

test('weightsOptions() says what starter weights learned from, and what is better', () => {
  const [download, starter] = weightsOptions(asked, english);
  assert.equal(download!.description, '45 MB from example.org');
  assert.equal(starter!.description, 'no download');
  assert.match(starter!.detail!, /learned from drawings: ImageNet weights are better for photographs/);
});
