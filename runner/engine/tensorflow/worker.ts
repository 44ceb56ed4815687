// The process in which TensorFlow computes: its library ends the whole process on unexpected input. The first
// message is a greeting; requests follow.
import { graphicsTraces } from '../onnx/graphicsTraces.ts';
import { hostOptions, send, serve } from '../process/serve.ts';
import { type Greeting, type InstalledTensorFlow, openTensorFlow } from './package.ts';
import { TensorFlowProgram } from './program.ts';
import type { TensorFlow } from './tensors.ts';

let tf: TensorFlow | undefined;
serve({ load: (source) => TensorFlowProgram.load(tf!, source), graphics: graphicsTraces });
const opened = await openTensorFlow(hostOptions<InstalledTensorFlow>());
tf = 'tf' in opened ? opened.tf : undefined;
const greeting: Greeting = 'tf' in opened ? { device: opened.device } : opened;
send({ greeting });
