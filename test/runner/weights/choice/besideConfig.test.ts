import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { otherNetworkByConfig } from '../../../../runner/weights/choice/besideConfig.ts';

async function fileBeside(t: TestContext, config: unknown, name = 'model.safetensors'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-config-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return join(folder, name);
}

const plain = {
  model_type: 'resnet',
  hidden_act: 'relu',
  downsample_in_bottleneck: false,
  downsample_in_first_stage: false,
};

test('otherNetworkByConfig() accepts a plain ResNet of transformers or timm', async (t) => {
  assert.equal(otherNetworkByConfig(await fileBeside(t, plain)), undefined);
  assert.equal(otherNetworkByConfig(await fileBeside(t, { architecture: 'resnet18' }, 'pytorch_model.bin')), undefined);
  assert.equal(
    otherNetworkByConfig(await fileBeside(t, { ...plain, model_type: 'bert', hidden_act: 'gelu' })),
    undefined,
  );
});

test('otherNetworkByConfig() reports what computes differently although names and shapes fit', async (t) => {
  const said = async (config: object) => otherNetworkByConfig(await fileBeside(t, config));
  assert.match((await said({ ...plain, downsample_in_bottleneck: true }))!, /stride is on the first convolution/);
  assert.match((await said({ ...plain, downsample_in_first_stage: true }))!, /the first layer halves the image/);
  assert.match((await said({ ...plain, hidden_act: 'gelu' }))!, /hidden_act "gelu" instead of relu/);
  assert.match((await said({ architecture: 'resnetblur50' }))!, /^resnetblur50 .* pools with a blur/);
  assert.match(otherNetworkByConfig('/nowhere/resnetaa50d_a1h.safetensors')!, /^resnetaa50d_a1h /);
});

test('otherNetworkByConfig() ignores a config.json that is missing, broken or not of a hub file', async (t) => {
  assert.equal(otherNetworkByConfig('/nowhere/model.safetensors'), undefined);
  assert.equal(otherNetworkByConfig(await fileBeside(t, '{"architecture":')), undefined);
  assert.equal(otherNetworkByConfig(await fileBeside(t, 'null')), undefined);
  assert.equal(otherNetworkByConfig(await fileBeside(t, { ...plain, hidden_act: 'gelu' }, 'mine.pth')), undefined);
});
