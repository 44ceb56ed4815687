// The network described by a config.json beside a file of the Hugging Face hub: networks with the same names and shapes may
// still compute different things.
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const hubFiles = new Set(['model.safetensors', 'pytorch_model.bin']);
const mostBytes = 1e6;

/**
 * Reason why the weights belong to another network than torchvision's although they may fit it; undefined: no sign of that.
 * timm's resnetaa50 and resnetblur50 pool differently, transformers can put the stride elsewhere.
 */
export function otherNetworkByConfig(file: string): string | undefined {
  const byName = /resnet(aa|blur)\d+\w*/i.exec(basename(file))?.[0];
  if (byName !== undefined) return otherPooling(byName);
  const config = hubFiles.has(basename(file)) ? readConfig(join(dirname(file), 'config.json')) : undefined;
  if (!config) return undefined;
  const { architecture, model_type: type, hidden_act: activation } = config;
  if (typeof architecture === 'string' && /^resnet(aa|blur)/.test(architecture)) return otherPooling(architecture);
  if (type !== 'resnet') return undefined;
  if (config.downsample_in_bottleneck === true)
    return 'config.json beside it says downsample_in_bottleneck: the stride is on the first convolution of a block';
  if (config.downsample_in_first_stage === true)
    return 'config.json beside it says downsample_in_first_stage: the first layer halves the image';
  if (typeof activation === 'string' && activation !== 'relu')
    return `config.json beside it says hidden_act ${JSON.stringify(activation.slice(0, 40))} instead of relu`;
  return undefined;
}

const otherPooling = (name: string): string =>
  `${name.slice(0, 40)} has the names and shapes of a plain ResNet, but pools with a blur between its layers`;

function readConfig(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const { size } = statSync(path);
    const value: unknown = size > mostBytes ? undefined : JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // missing, or another program's
  }
}
