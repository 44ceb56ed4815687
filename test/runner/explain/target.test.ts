import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { askedLabel, targetOf, trueLabelOf } from '../../../runner/explain/target.ts';
import { predictedClass } from '../../../runner/programs/gradCam.ts';

test('targetOf() accepts two keywords, a class name, and after = always a class name', () => {
  const classNames = ['false', 'true', 'caf\u00e9'];
  assert.equal(targetOf('predicted', classNames), 'predicted');
  assert.equal(targetOf('true', classNames), 'true');
  assert.deepEqual(targetOf('=true', classNames), { label: 1 });
  assert.deepEqual(targetOf('false', classNames), { label: 0 });
  assert.deepEqual(targetOf('cafe\u0301', classNames), { label: 2 }); // the accent stored apart
  assert.throws(() => targetOf('=predicted', classNames), { code: 'classUnknown' });
});

test('trueLabelOf() uses only the folder of the image', () => {
  const classNames = ['cat', 'dog'];
  assert.equal(trueLabelOf(join('data', 'test', 'dog', '1.png'), classNames), 1);
  assert.equal(trueLabelOf(join('dog', 'test', '1.png'), classNames), null);
});

test('askedLabel() refuses to explain the true class of an image without one', () => {
  assert.equal(askedLabel('predicted', null, 'x.png', ['cat', 'dog']), predictedClass);
  assert.equal(askedLabel('true', 1, 'x.png', ['cat', 'dog']), 1);
  assert.equal(askedLabel({ label: 0 }, 1, 'x.png', ['cat', 'dog']), 0);
  assert.throws(() => askedLabel('true', null, 'x.png', ['cat', 'dog']), {
    code: 'trueClassUnknown',
    message: /one of cat, dog/,
  });
});
