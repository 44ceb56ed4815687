// A program in TensorFlow.js: its plan, executed step by step. The state has two generations; when the guards of a run hold, the older
// one is freed.
import type * as tfTypes from '@tensorflow/tfjs';
import type { Tensor } from '../../tensor.ts';
import { allFinite, checkedInput } from '../checks.ts';
import type { ProgramSource } from '../engine.ts';
import { readGraph } from './graph.ts';
import { type Plan, planOf, type Step } from './plan.ts';
import { fromTensorFlow, type TensorFlow, toTensorFlow } from './tensors.ts';

type Tensors = Map<string, tfTypes.Tensor>;

export class TensorFlowProgram {
  readonly #tf: TensorFlow;
  readonly #source: ProgramSource;
  readonly #plan: Plan;
  readonly #constants: Tensors;
  /** By step: values that no later step needs. */
  readonly #done: readonly (readonly string[])[];
  #state: Tensors | undefined;

  private constructor(tf: TensorFlow, source: ProgramSource, plan: Plan, constants: Tensors) {
    this.#tf = tf;
    this.#source = source;
    this.#plan = plan;
    this.#constants = constants;
    this.#done = lastUses(plan, new Set(constants.keys()));
  }

  /** Computes everything that depends on constants alone, once. */
  static load(tf: TensorFlow, source: ProgramSource): TensorFlowProgram {
    const graph = readGraph(source.model);
    const whole = planOf(graph, [...Object.keys(source.outputs), ...source.state.map(({ next }) => next)]);
    const known = new Set(graph.constants.keys());
    const isKnown = ({ inputs }: Step) => inputs.every((input) => known.has(input));
    const ahead: Step[] = [];
    const steps: Step[] = [];
    for (const step of whole.steps) {
      (isKnown(step) ? ahead : steps).push(step);
      if (isKnown(step)) known.add(step.output);
    }
    const wantedAhead = new Set(ahead.flatMap(({ inputs }) => inputs));
    const wanted = new Set([...steps.flatMap(({ inputs }) => inputs), ...whole.outputs.values()]);
    const constants: Tensors = new Map();
    for (const [name, tensor] of graph.constants)
      if (wanted.has(name) || wantedAhead.has(name)) constants.set(name, toTensorFlow(tf, tensor));
    for (const step of ahead) constants.set(step.output, runStep(tf, step, constants));
    for (const [name, tensor] of constants)
      if (!wanted.has(name)) {
        tensor.dispose();
        constants.delete(name);
      }
    return new TensorFlowProgram(tf, source, { ...whole, steps }, constants);
  }

  run(feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const { name, inputs, outputs, state, guards = [] } = this.#source;
    if (state.length > 0 && !this.#state) throw new Error(`${name}: run before writeState`);
    const given: Tensors = new Map();
    const values: Tensors = new Map([...this.#constants, ...(this.#state ?? [])]);
    const next: Tensors = new Map();
    try {
      for (const [input, spec] of Object.entries(inputs)) {
        const tensor = toTensorFlow(this.#tf, checkedInput(input, spec, feeds[input]));
        given.set(input, tensor);
        values.set(input, tensor);
      }
      this.#plan.steps.forEach((step, i) => {
        const made = runStep(this.#tf, step, values);
        given.set(step.output, made);
        values.set(step.output, made);
        for (const done of this.#done[i]!) {
          given.get(done)?.dispose();
          given.delete(done);
        }
      });
      const placeOf = (output: string) => values.get(this.#plan.outputs.get(output)!)!;
      const answer = Object.fromEntries(
        Object.entries(outputs).map(([output, spec]) => [output, fromTensorFlow(placeOf(output), spec)]),
      );
      if (state.length > 0 && guards.every((guard) => allFinite(answer[guard]!))) {
        for (const each of state) next.set(each.current, placeOf(each.next).clone());
        disposeAll(this.#state!);
        this.#state = next;
      }
      return answer;
    } finally {
      disposeAll(given);
    }
  }

  readState(): (readonly [string, Tensor])[] {
    return this.#source.state.map(({ current, spec }) => {
      const tensor = this.#state?.get(current);
      if (!tensor) throw new Error(`${this.#source.name}: readState before writeState`);
      return [current, fromTensorFlow(tensor, spec)] as const;
    });
  }

  writeState(values: ReadonlyMap<string, Tensor>): void {
    const tensors = this.#source.state.map(
      ({ current, spec }) => [current, checkedInput(current, spec, values.get(current))] as const,
    );
    disposeAll(this.#state ?? new Map());
    this.#state = new Map(tensors.map(([current, tensor]) => [current, toTensorFlow(this.#tf, tensor)]));
  }

  dispose(): void {
    disposeAll(this.#constants);
    disposeAll(this.#state ?? new Map());
    this.#state = undefined;
  }
}

function runStep(tf: TensorFlow, { inputs, run }: Step, values: Tensors): tfTypes.Tensor {
  const tensors = inputs.map((input) => values.get(input)!);
  return tf.tidy(() => run(tf, tensors));
}

/** Constants and outputs are needed to the end. */
function lastUses({ steps, outputs }: Plan, constants: ReadonlySet<string>): readonly (readonly string[])[] {
  const needed = new Set(outputs.values());
  return steps
    .toReversed()
    .map(({ inputs, output }) => {
      const done = new Set(inputs.concat(output).filter((name) => !needed.has(name) && !constants.has(name)));
      for (const name of done) needed.add(name);
      return [...done];
    })
    .toReversed();
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of tensors.values()) tensor.dispose();
  tensors.clear();
}
