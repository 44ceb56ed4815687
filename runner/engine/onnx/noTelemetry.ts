// ONNX Runtime's official builds send usage data to their maker unless the environment forbids it before the library starts (docs/privacy.md).
import { isMainThread } from 'node:worker_threads';

/**
 * Environment of every process that may load ONNX Runtime.
 *
 * Linux and macOS: the documented switch; no uploader, no device id, no event store. Windows has no documented one that a Node program
 * can reach: the library offers events to the system's tracing, and stays silent when this variable of its own tests is set.
 */
export const noTelemetry: Readonly<Record<string, string>> = {
  ORT_DISABLE_TELEMETRY: '1',
  ...(process.platform === 'win32' && { ORT_RUNNING_UNIT_TESTS: '1' }),
};

/**
 * Sets the switch in this process, for code that loads ONNX Runtime without the environment that `processHost` passes. Must be called
 * before the first session: the library decides once.
 *
 * @throws Error in a worker thread, whose `process.env` is a copy that native code does not see
 */
export function forbidTelemetry(): void {
  if (!isMainThread)
    throw new Error(
      'ONNX Runtime may only be loaded on the main thread: a worker thread cannot switch its telemetry off.',
    );
  Object.assign(process.env, noTelemetry);
}
