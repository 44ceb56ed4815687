// graph/: a small language for tensor programs: values with dtype and shape, differentiable operations, optimizers, ONNX bytes.
// Absent: ResNets, files, anything that runs a graph. Called by programs/.
import { type FloatTensor, type Parameters, sizeOf, type Tensor } from '../tensor.ts';
import type { Operator } from './operators.ts';

export type ValueType = Tensor['dtype'] | 'bool';

/** A tensor that will exist when the graph runs. */
export interface Value {
  readonly name: string;
  readonly dtype: ValueType;
  readonly shape: readonly number[];
}

export type Attribute = number | readonly number[] | { readonly float: number } | { readonly text: string };

export interface Node {
  readonly operator: Operator;
  /** null: an omitted optional input. */
  readonly inputs: readonly (Value | null)[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * A graph under construction. Nodes are pure, so the same operator on the same inputs is one node: a gradient can request
 * results of the forward pass again at no cost.
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly #interned = new Map<string, Value>();
  #nextId = 0;

  input(name: string, dtype: Tensor['dtype'], shape: readonly number[]): Value {
    const value = { name, dtype, shape };
    this.inputs.push(value);
    return value;
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  /** A tensor stored in the graph, under a unique name. */
  constant(name: string, tensor: Tensor): Value {
    if (tensor.data.length !== sizeOf(tensor.shape))
      throw new Error(
        `${name} has ${tensor.data.length} entries, its shape [${tensor.shape}] holds ${sizeOf(tensor.shape)}`,
      );
    if (this.constants.has(name)) throw new Error(`Constant ${name} exists already`);
    this.constants.set(name, tensor);
    return { name, dtype: tensor.dtype, shape: tensor.shape };
  }

  scalar(number: number): Value {
    return this.#intern(`scalar ${number}`, (name) =>
      this.constant(name, { dtype: 'float32', shape: [], data: Float32Array.of(number) }),
    );
  }

  /** A one-dimensional int64 constant: shapes, axes, starts and steps. */
  integers(numbers: readonly number[]): Value {
    return this.#intern(`integers ${numbers}`, (name) =>
      this.constant(name, { dtype: 'int64', shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) }),
    );
  }

  /** A small float32 constant; equal constants are merged. */
  floats(data: Float32Array, shape: readonly number[]): Value {
    return this.#intern(`floats ${shape} ${data}`, (name) => this.constant(name, { dtype: 'float32', shape, data }));
  }

  /** A node with one output. Callers use primitives.ts, which computes the shapes. */
  node(
    operator: Operator,
    inputs: Node['inputs'],
    attributes: Node['attributes'],
    dtype: ValueType,
    shape: readonly number[],
  ): Value {
    const key = `${operator} ${inputs.map((input) => input?.name ?? '').join()} ${JSON.stringify(attributes)} ${dtype}`;
    return this.#intern(key, (name) => {
      const output = { name, dtype, shape };
      this.nodes.push({ operator, inputs, output, attributes });
      return output;
    });
  }

  #intern(key: string, create: (name: string) => Value): Value {
    let value = this.#interned.get(key);
    if (!value) this.#interned.set(key, (value = create(`${key.slice(0, key.indexOf(' '))}_${this.#nextId++}`)));
    return value;
  }
}

/** The parameter's data as a constant of the graph. */
export function parameterConstant(graph: Graph, parameters: Parameters, name: string): Value {
  return graph.constant(name, parameterOf(parameters, name));
}

export function parameterOf(parameters: Parameters, name: string): FloatTensor {
  const tensor = parameters.get(name);
  if (!tensor) throw new Error(`The parameter ${name} is missing`);
  return tensor;
}
