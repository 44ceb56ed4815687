// ONNX operators that a graph may contain. onnx.ts refuses to serialize any other, so a missing operator is detected when the graph is
// built, and not on a user's machine.

/**
 * Operators with kernels in ONNX Runtime 1.30 on both the CPU and the WebGPU provider. Absent because WebGPU has no kernel:
 * Max, Min, Sum, Sign, IsNaN, OneHot, LogSoftmax, ConstantOfShape, Loop, Scan, Col2Im, ScatterND. Absent because a CPU kernel is
 * missing: every gradient and optimizer operator of the former training build.
 */
export const operatorsEverywhere = [
  'Add',
  'And',
  'Cast',
  'Concat',
  'Conv',
  'Div',
  'Equal',
  'Exp',
  'Expand',
  'Flatten',
  'Gemm',
  'GlobalAveragePool',
  'Greater',
  'Identity',
  'Log',
  'MatMul',
  'MaxPool',
  'Mul',
  'Not',
  'Pad',
  'ReduceMax',
  'ReduceMean',
  'ReduceSum',
  'Relu',
  'Reshape',
  'Slice',
  'Softmax',
  'Sqrt',
  'Sub',
  'Transpose',
  'Where',
] as const;

/** Operators of models for other programs, which run them on the CPU: they prepare an image of any size. */
export const operatorsOfExports = ['ReduceMin', 'Resize', 'Shape'] as const;
export type Operator = (typeof operatorsEverywhere)[number] | (typeof operatorsOfExports)[number];

/** Throws for the first operator that is neither in the list nor `alsoAllowed`. */
export function checkOperators(operators: Iterable<string>, alsoAllowed: readonly string[] = []): void {
  const allowed: readonly string[] = [...operatorsEverywhere, ...alsoAllowed];
  for (const operator of operators)
    if (!allowed.includes(operator)) throw new Error(`The operator ${operator} does not run on every device`);
}
