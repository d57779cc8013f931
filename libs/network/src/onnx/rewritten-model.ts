// Tested by model-output.unit.test.ts and ../../../verification/src/fold-constants.int.test.ts.
import protobuf from 'protobufjs/minimal.js';
import { encodePart, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValueInfo } from './schema.js';

/** What becomes of the parts of a model; positions are those of the decoded lists. All else stays, to the bit. */
export interface ModelChanges {
  readonly keepsNode?: (at: number) => boolean;
  readonly keepsInitializer?: (at: number) => boolean;
  /** Instead of the initializer or the input at a position. */
  readonly initializers?: ReadonlyMap<number, OnnxTensor>;
  readonly inputs?: ReadonlyMap<number, OnnxValueInfo>;
  /** Instead of all outputs. */
  readonly outputs?: readonly OnnxValueInfo[];
  readonly addedNodes?: readonly OnnxNode[];
  readonly addedInitializers?: readonly OnnxTensor[];
  /** Of the standard operators. */
  readonly opset?: number;
}

const modelField = { graph: 7, opset: 8 };
const graphField = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };

/**
 * A model with some parts changed, without decoding the others: what mipnet does not know of a node reaches the ONNX
 * runtime as it is. The shapes that the file states for values in between are left out.
 * @param bytes that `decodeModel` takes
 */
export function rewrittenModel(bytes: Uint8Array, changes: ModelChanges): Uint8Array {
  const { outputs, addedNodes = [], addedInitializers = [], opset } = changes;
  const graph: Uint8Array[] = [];
  const rest: Uint8Array[] = [];
  const counts = new Map<number, number>();
  for (const { field, whole, content } of fieldsOf(bytes)) {
    if (field !== modelField.graph) {
      if (field !== modelField.opset || opset === undefined || !isStandard(content)) rest.push(whole);
      continue;
    }
    for (const part of fieldsOf(content)) {
      const at = counts.get(part.field) ?? 0;
      counts.set(part.field, at + 1);
      graph.push(...changed(part, at, changes));
    }
  }
  for (const node of addedNodes) graph.push(framed(graphField.node, encodePart('Node', node)));
  for (const tensor of addedInitializers) graph.push(framed(graphField.initializer, encodePart('Tensor', tensor)));
  for (const output of outputs ?? []) graph.push(framed(graphField.output, encodePart('ValueInfo', output)));
  if (opset !== undefined)
    rest.push(framed(modelField.opset, encodePart('OperatorSet', { domain: '', version: opset })));
  return joined([...rest, framed(modelField.graph, joined(graph))]);
}

function changed({ field, whole }: Field, at: number, changes: ModelChanges): readonly Uint8Array[] {
  const { keepsNode, keepsInitializer, initializers, inputs, outputs } = changes;
  const replaced = (type: 'Tensor' | 'ValueInfo', part: object | undefined): readonly Uint8Array[] =>
    part === undefined ? [whole] : [framed(field, encodePart(type, part))];
  switch (field) {
    case graphField.node:
      return (keepsNode?.(at) ?? true) ? [whole] : [];
    case graphField.initializer:
      return (keepsInitializer?.(at) ?? true) ? replaced('Tensor', initializers?.get(at)) : [];
    case graphField.input:
      return replaced('ValueInfo', inputs?.get(at));
    case graphField.output:
      return outputs === undefined ? [whole] : [];
    case graphField.valueInfo:
      return [];
    default:
      return [whole];
  }
}

/**
 * Whether an initializer is read by a node that stays, or is an output. Old files list constants among the inputs: an
 * input without its constant would be asked for, so that it stays, too.
 */
export function readBy(graph: OnnxGraph, isKept: (node: OnnxNode) => boolean): (at: number) => boolean {
  const read = new Set([
    ...(graph.node ?? []).filter(isKept).flatMap(({ input }) => input ?? []),
    ...[...(graph.input ?? []), ...(graph.output ?? [])].map(({ name }) => name ?? ''),
  ]);
  return (at) => read.has(graph.initializer?.[at]?.name ?? '');
}

interface Field {
  readonly field: number;
  /** With its tag. */
  readonly whole: Uint8Array;
  /** Without it, and without its length. */
  readonly content: Uint8Array;
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const wire = tag & 7;
    let from = reader.pos;
    if (wire === 2) {
      const length = reader.uint32();
      from = reader.pos;
      reader.skip(length);
    } else reader.skipType(wire);
    fields.push({
      field: tag >>> 3,
      whole: bytes.subarray(start, reader.pos),
      content: bytes.subarray(from, reader.pos),
    });
  }
  return fields;
}

/** Whether an operator set is that of the standard operators: its domain, field 1, is missing, empty or ai.onnx. */
function isStandard(content: Uint8Array): boolean {
  const domain = fieldsOf(content).find(({ field }) => field === 1);
  return domain === undefined || ['', 'ai.onnx'].includes(new TextDecoder().decode(domain.content));
}

/** A part with the tag of a field and its length. */
function framed(field: number, content: Uint8Array): Uint8Array {
  const head = protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(content.length)
    .finish();
  return joined([head, content]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
