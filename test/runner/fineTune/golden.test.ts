// A tiny run of three classes, with class weights and balanced sampling, against the results of the version before tasks were separated
// from training (ONNX Runtime's CPU, two threads). CPUs round differently, and features are sent to the engine in half precision.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { allClose } from '../../support/allClose.ts';
import { testPredictionsOf } from '../../support/exportedPrograms.ts';
import { tinyDataset, tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup({ train: 1, val: 1, test: 1 });

test('fineTune() reproduces the losses, AUROCs and predictions of the previous version', async () => {
  const dataset = await tinyDataset(join(setup.root, 'three'), { train: 7, val: 4, test: 3 }, ['a', 'b', 'c']);
  const run = await tinyRun(
    { ...setup, dataset },
    {
      sets: [
        'imageSize=32',
        'imbalance.classWeights=true',
        'imbalance.balancedSampling=true',
        'stages.0.epochs=1',
        'stages.1.epochs=2',
      ],
    },
  );
  const metrics = run.state.epochs.map((epoch) => epoch.metrics);
  const close = { relative: 2e-3 };
  allClose(
    'training losses',
    metrics.map(({ train }) => train.loss!),
    [1.087901859, 1.0451757227, 1.0452023858],
    close,
  );
  allClose(
    'validation losses',
    metrics.map(({ val }) => val.loss!),
    [1.091799612, 1.0416283158, 1.0054913594],
    close,
  );
  assert.deepEqual(
    metrics.map(({ train, val }) => [train.accuracy, val.auroc]),
    [
      [7 / 21, 0.6145833333333334],
      [10 / 21, 0.7604166666666666],
      [10 / 21, 0.8541666666666666],
    ],
  );
  const { logits } = await testPredictionsOf(run.folder, run.state);
  allClose(
    'probabilities of the test images',
    softmaxRows(logits, 3),
    [
      [0.3659038876, 0.3615557444, 0.2725403681],
      [0.363010016, 0.3375256633, 0.2994643207],
      [0.3590310469, 0.366787494, 0.2741814591],
      [0.2729640806, 0.3685747192, 0.3584612002],
      [0.2351008821, 0.3665873041, 0.3983118138],
      [0.3083005115, 0.3794149861, 0.3122845024],
      [0.2767664959, 0.3725019665, 0.3507315376],
      [0.2771330781, 0.3749884498, 0.3478784721],
      [0.3056983337, 0.3745983031, 0.3197033632],
    ].flat(),
    close,
  );
});
