// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { isSignal, mostUnits, sizeOf, type Graph, type Layer, type Made, type Value } from './layers.js';
import type { OnnxFile, OnnxNode } from './onnx-file.js';
import { operatorOf } from './operators.js';
import { refuse } from './refusal.js';

/** @throws Refusal that names the operator, if the network has one that the checker does not know */
export function graphOf(file: OnnxFile): Graph {
  if (file.inputs.length !== 1 || file.outputs.length !== 1) refuse('the network has not one input and one output');
  const [input] = file.inputs;
  const values = new Map<string, Value>(file.constants);
  const shape = input.shape.map((extent, axis) => extent ?? (axis === 0 ? 1 : 0));
  values.set(input.name, { tensor: 0, shape });
  const layers: Layer[] = [];
  const sources: (readonly number[])[] = [];
  const sizes = [sizeOf(shape)];
  for (const node of file.nodes) {
    const [name] = node.output;
    if (!name || values.has(name)) refuse(`'${name}' is computed twice`);
    const made = valueOf(node, values);
    if ('layer' in made) {
      placeIndices(made, sizes);
      layers.push(made.layer);
      sources.push(made.from.map(({ tensor }) => tensor));
      sizes.push(sizeOf(made.shape));
      values.set(name, { tensor: layers.length, shape: made.shape });
    } else values.set(name, made);
  }
  const output = values.get(file.outputs[0]);
  if (!isSignal(output) || output.test !== undefined || output.tensor !== layers.length)
    refuse("the network's output is not that of its last operator");
  if (layers.length === 0 || sizes.reduce((sum, size) => sum + size, 0) > mostUnits)
    refuse('the network is too large, or has no layer');
  return { layers, sources, sizes };
}

/** Positions in what a layer reads become positions among all numbers of the network. */
function placeIndices({ layer, from }: Extract<Made, { layer: Layer }>, sizes: readonly number[]): void {
  if (layer.kind === 'activation') return;
  const shifts = from.map(({ tensor }) => sizes.slice(0, tensor).reduce((sum, size) => sum + size, 0));
  layer.indices.forEach((position, e) => {
    let [at, rest] = [0, position];
    while (rest >= sizes[from[at].tensor]) rest -= sizes[from[at++].tensor];
    layer.indices[e] = shifts[at] + rest;
  });
}

function valueOf(node: OnnxNode, values: ReadonlyMap<string, Value>): Value | Made {
  if (node.domain !== '' && node.domain !== 'ai.onnx') refuse(`the operator ${node.opType} is of another domain`);
  const held = node.attributes.get('value');
  if (node.opType === 'Constant' && typeof held === 'object' && 'dims' in held) return held;
  const inputs = node.input.map((name) =>
    name === '' ? undefined : (values.get(name) ?? refuse(`${node.opType} reads '${name}', which nothing computes`)),
  );
  if (!inputs.some(isSignal)) refuse(`the operator ${node.opType} reads constants alone`);
  if (inputs.some((one) => isSignal(one) && one.test !== undefined) && node.opType !== 'Where')
    refuse(`the checker knows comparisons only in Where, not in ${node.opType}`);
  return operatorOf(node, inputs);
}
