// Versions behind a run: recorded with it, so that its figures can be reproduced.
import product from '../package.json' with { type: 'json' };
import { pixelsVersion } from './images/pixelsVersion.ts';

/** Product, Node and the libraries that touch pixels and numbers (pinned exactly in package.json). */
export const versions: Readonly<Record<string, string>> = {
  shoulders: product.version,
  node: process.versions.node,
  'onnxruntime-node': product.dependencies['onnxruntime-node'],
  sharp: product.dependencies.sharp,
  /** Version of the rules by which files become pixels (images/pixelsVersion.ts). */
  pixels: pixelsVersion,
  platform: `${process.platform}-${process.arch}`,
};
