import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutWords } from '../../../../runner/reports/sections/weightsLayout.ts';
import type { WeightsLayout } from '../../../../shared/contracts/events.ts';

const plain: WeightsLayout = {
  tool: null,
  container: '',
  prefix: '',
  naming: 'torchvision',
  passedOver: [],
  otherParts: 0,
  alternatives: [],
};

test('layoutWords() describes where a network was found and what was skipped', () => {
  assert.equal(layoutWords(plain), '');
  assert.equal(
    layoutWords({
      ...plain,
      tool: 'lightning',
      container: 'state_dict',
      prefix: 'model.',
      passedOver: [
        { name: 'model.fc', tensors: 2 },
        { name: 'criterion', tensors: 1 },
      ],
      otherParts: 3,
    }),
    'Lightning checkpoint, under state_dict, prefix model.; not used: model.fc (2 tensors), criterion (1 tensor), 3 more parts',
  );
  assert.equal(layoutWords({ ...plain, naming: 'transformers' }), 'transformers’ names');
});
