// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { NetworkBuilder, sizeOf } from './network-builder.js';
import type { Network } from './network.js';
import { readOnnxFile, type OnnxNode } from './onnx-file.js';
import { isSignal, OperatorCall, type Value } from './operator-call.js';
import { operatorOf } from './operators.js';
import { refuse } from './refusal.js';

/**
 * The network of an ONNX file.
 * @throws Refusal that names the operator, if there is one that the checker does not know
 */
export function networkOf(bytes: Uint8Array): Network {
  const file = readOnnxFile(bytes);
  if (file.inputs.length !== 1 || file.outputs.length !== 1) refuse('the network has not one input and one output');
  const [input] = file.inputs;
  const shape = input.shape.map((extent, axis) => extent ?? (axis === 0 ? 1 : 0));
  const builder = new NetworkBuilder(sizeOf(shape));
  const values = new Map<string, Value>(file.constants);
  values.set(input.name, { shape, rows: builder.input });
  for (const node of file.nodes) {
    const [name] = node.output;
    if (!name || values.has(name)) refuse(`'${name}' is computed twice`);
    values.set(name, valueOf(node, values, builder));
  }
  const output = values.get(file.outputs[0]);
  if (!isSignal(output) || output.test !== undefined) return refuse("the network's output depends on no input");
  return builder.network(output.rows);
}

function valueOf(node: OnnxNode, values: ReadonlyMap<string, Value>, builder: NetworkBuilder): Value {
  const { opType, domain } = node;
  if (domain !== '' && domain !== 'ai.onnx') refuse(`the operator ${opType} is of another domain`);
  const held = node.attributes.get('value');
  if (opType === 'Constant' && typeof held === 'object' && 'dims' in held) return held;
  const inputs = node.input.map((name) =>
    name === '' ? undefined : (values.get(name) ?? refuse(`${opType} reads '${name}', which nothing computes`)),
  );
  if (!inputs.some(isSignal)) refuse(`the operator ${opType} reads constants alone`);
  if (inputs.some((one) => isSignal(one) && one.test !== undefined) && opType !== 'Where')
    refuse(`the checker knows comparisons only in Where, not in ${opType}`);
  return operatorOf(new OperatorCall(node, inputs, builder));
}
