// Converts a graph into the steps that compute it. Our graphs hold images channels first, as ONNX's operators require; TensorFlow's
// require channels last. Values between such operators stay channels last and are transposed only for an operator that needs the other
// layout. A transposition in the graph itself, made for ONNX, then moves nothing.
import type { Operator } from '../../graph/operators.ts';
import type { Tensor } from '../../tensor.ts';
import type { GraphNode, ProgramGraph } from './graph.ts';
import {
  integer,
  type Kernel,
  type KernelNode,
  parametersFollow,
  permutationOf,
  plain,
  pointwise,
  reductions,
  spatial,
} from './kernels.ts';

export interface Step {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly run: Kernel;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Place of each requested output of the graph; several may share a place, or be an input. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** @throws Error for a graph that none of our programs contains */
export function planOf(graph: ProgramGraph, outputs: readonly string[]): Plan {
  const planner = new Planner(graph);
  for (const node of graph.nodes) planner.add(node);
  const places = new Map(outputs.map((name) => [name, planner.asInGraph(name)]));
  return { steps: planner.steps, outputs: places };
}

/** [N, C, H, W] -> [N, H, W, C] and back; filters [K, C, h, w] -> [h, w, C, K]. */
const toLast = [0, 2, 3, 1];
const toFirst = [0, 3, 1, 2];
const toFilters = [2, 3, 1, 0];

class Planner {
  readonly steps: Step[] = [];
  readonly #constants: ReadonlyMap<string, Tensor>;
  /** Value of the graph -> the step's output, or the input, that contains it. */
  readonly #places = new Map<string, string>();
  /** Values stored channels last. */
  readonly #last = new Set<string>();
  readonly #turned = new Map<string, string>();

  constructor({ constants }: ProgramGraph) {
    this.#constants = constants;
  }

  add(node: GraphNode): void {
    const { operator, output } = node;
    if (operator in spatial) this.#addSpatial(node, spatial[operator as keyof typeof spatial](node));
    else if (operator in pointwise) this.#addPointwise(node, pointwise[operator as keyof typeof pointwise](node));
    else if (operator in reductions || operator === 'GlobalAveragePool') this.#addReduction(node);
    else if (operator === 'Transpose' && this.#turnsNothing(node)) return;
    else if (operator in plain) {
      const kernelNode: KernelNode = { ...node, numbersOf: (input) => this.#numbersOf(node, input) };
      const kernel = plain[operator as keyof typeof plain](kernelNode);
      this.#push(
        this.#tensorsOf(node).map((input) => this.asInGraph(input)),
        output,
        kernel,
      );
    } else throw new Error(`The operator ${operator} is not supported by this engine`);
  }

  /** Place of the value with its axes in the graph's order. */
  asInGraph(name: string): string {
    const place = this.#placeOf(name);
    return this.#last.has(name) ? this.#turn(place, toFirst, 'channels first') : place;
  }

  #addSpatial({ inputs: [x, filters, bias], output }: GraphNode, kernel: Kernel): void {
    const places = [this.#channelsLast(x!)];
    if (filters) places.push(this.#turn(this.asInGraph(filters), toFilters, 'filters'));
    if (bias) places.push(this.#placeOf(bias));
    this.#push(places, output, kernel);
    this.#last.add(output);
  }

  #addPointwise(node: GraphNode, kernel: Kernel): void {
    const { inputs, output } = node;
    const isLast = inputs.some((input) => this.#last.has(input)) && inputs.every((input) => this.#canBeLast(input));
    const places = inputs.map((input) => (isLast ? this.#channelsLast(input) : this.asInGraph(input)));
    this.#push(places, output, kernel);
    if (isLast) this.#last.add(output);
  }

  #addReduction(node: GraphNode): void {
    const { operator, inputs, output } = node;
    const isPool = operator === 'GlobalAveragePool';
    const reduce = reductions[isPool ? 'ReduceMean' : (operator as keyof typeof reductions)];
    const keep = isPool || integer(node, 'keepdims', 1) === 1;
    const axes = isPool ? [2, 3] : (node.attributes.get('axes')?.ints ?? this.#numbersOf(node, 1));
    const x = inputs[0]!;
    // Without its image axes, a channels-last value is [N, C] in either layout.
    const staysLast = this.#last.has(x) && (keep || (axes.length === 2 && axes.includes(2) && axes.includes(3)));
    const overAxes = staysLast ? axes.map((axis) => toLast.indexOf(axis)) : [...axes];
    const place = staysLast ? this.#placeOf(x) : this.asInGraph(x);
    this.#push([place], output, (tf, [value]) => reduce(tf, value!, overAxes, keep));
    if (staysLast && keep) this.#last.add(output);
  }

  /** A transposition of the graph between the two layouts. */
  #turnsNothing(node: GraphNode): boolean {
    const x = node.inputs[0]!;
    const permutation = permutationOf(node).join();
    const backToGraph = permutation === toLast.join() && this.#last.has(x);
    if (!backToGraph && (permutation !== toFirst.join() || this.#last.has(x))) return false;
    this.#places.set(node.output, this.#placeOf(x));
    if (!backToGraph) this.#last.add(node.output);
    return true;
  }

  #canBeLast(name: string): boolean {
    return this.#last.has(name) || this.#constants.has(name);
  }

  #channelsLast(name: string): string {
    const place = this.#placeOf(name);
    if (this.#last.has(name)) return place;
    const shape = this.#constants.get(name)?.shape;
    if (!shape || shape.length === 4) return this.#turn(place, toLast, 'channels last');
    if (shape.length === 0) return place;
    const aligned = [...Array<number>(4 - shape.length).fill(1), ...shape];
    const full = this.#derived(place, 'four axes', (tf, [x]) => tf.reshape(x!, aligned));
    return this.#turn(full, toLast, 'channels last');
  }

  #turn(place: string, permutation: readonly number[], what: string): string {
    return this.#derived(place, what, (tf, [x]) => tf.transpose(x!, [...permutation]));
  }

  /** Created once, however many steps use it. */
  #derived(place: string, what: string, run: Kernel): string {
    const output = `${place} (${what})`;
    const known = this.#turned.get(output);
    if (known) return known;
    this.#turned.set(output, output);
    this.steps.push({ inputs: [place], output, run });
    return output;
  }

  #push(inputs: readonly string[], output: string, run: Kernel): void {
    this.steps.push({ inputs, output, run });
    this.#places.set(output, output);
  }

  #placeOf(name: string): string {
    return this.#places.get(name) ?? name;
  }

  #tensorsOf({ operator, inputs }: GraphNode): readonly string[] {
    return parametersFollow.has(operator) ? inputs.slice(0, 1) : inputs.filter((input) => input !== '');
  }

  #numbersOf({ inputs, output }: GraphNode, input: number): readonly number[] {
    const constant = this.#constants.get(inputs[input]!);
    if (!constant) throw new Error(`${output} has a parameter that is no constant`);
    return Array.from<number | bigint, number>(constant.data as ArrayLike<number | bigint>, Number);
  }
}

/** Every operator that a plan may contain. */
export const knownOperators: readonly Operator[] = [
  ...(Object.keys(spatial) as Operator[]),
  ...(Object.keys(pointwise) as Operator[]),
  ...(Object.keys(reductions) as Operator[]),
  ...(Object.keys(plain) as Operator[]),
  'GlobalAveragePool',
];
