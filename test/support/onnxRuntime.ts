// ONNX Runtime for tests that run a program in their own process; no other test file imports the package.
import type { Tensor } from 'onnxruntime-node';
import { forbidTelemetry } from '../../runner/engine/onnx/noTelemetry.ts';

forbidTelemetry();
const runtime = await import('onnxruntime-node');

export const { InferenceSession, listSupportedBackends } = runtime;
export const OrtTensor = runtime.Tensor;
export type OrtTensor = Tensor;
