// Tested by version-2.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { headOf, shortened, written, type List, type SExpression } from './s-expression.js';

/** A tensor of a network that a VNN-LIB 2.0 property declares. */
export interface DeclaredTensor {
  readonly name: string;
  /** `real`: whatever the file has. */
  readonly type: ElementType;
  /** Extents; none for a single number. */
  readonly shape: readonly number[];
  /** In the ONNX graph; absent: by position. */
  readonly onnxName?: string;
}

export interface DeclaredNetwork {
  readonly name: string;
  /** The network whose file this one shares. */
  readonly equalTo?: string;
  /** A network with the same interface and a file of its own. */
  readonly isomorphicTo?: string;
  readonly inputs: readonly DeclaredTensor[];
  readonly hidden: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
}

/** What can be verified: a proof counts the rounding of float32; of other types none is known here. */
const elementTypes = ['float32', 'float64', 'real'] as const;
export type ElementType = (typeof elementTypes)[number];

/** Numbers of one declared tensor, as of a layer of a network. */
const mostNumbers = 2 ** 22;
const mostAxes = 64;

const tensorName = /^[A-Za-z][A-Za-z0-9_]*$/;

/** (declare-network name (equal-to other)? inputs hidden outputs) @throws VerificationError, with the line */
export function declaredNetwork(command: List): DeclaredNetwork {
  const { line } = command;
  const [, first, ...parts] = command.items;
  if (first?.kind !== 'atom' || !tensorName.test(first.text))
    throw new VerificationError('syntax', `${written(command)} should begin with (declare-network name`, { line });
  const tensors = { inputs: [] as DeclaredTensor[], hidden: [] as DeclaredTensor[], outputs: [] as DeclaredTensor[] };
  const order = ['declare-input', 'declare-hidden', 'declare-output'];
  const kinds = ['inputs', 'hidden', 'outputs'] as const;
  let relation: Pick<DeclaredNetwork, 'equalTo' | 'isomorphicTo'> = {};
  let last = 0;
  for (const [position, part] of parts.entries()) {
    const head = headOf(part) ?? '';
    if (position === 0 && (head === 'equal-to' || head === 'isomorphic-to')) {
      const other = wordOf(part, 1);
      relation = head === 'equal-to' ? { equalTo: other } : { isomorphicTo: other };
      continue;
    }
    const at = order.indexOf(head);
    if (at < 0 || at < last)
      throw new VerificationError(
        at < 0 ? 'unsupported' : 'syntax',
        `${written(part)} does not belong here; a network declares its inputs, its hidden tensors, then its outputs`,
        { line: part.line },
      );
    last = at;
    tensors[kinds[at]].push(declaredTensor(part as List, head === 'declare-hidden'));
  }
  for (const kind of ['inputs', 'outputs'] as const) {
    if (tensors[kind].length === 0)
      throw new VerificationError('syntax', `the network ${first.text} declares no ${kind}`, { line });
  }
  const ends = [...tensors.inputs, ...tensors.outputs];
  const named = ends.filter(({ onnxName }) => onnxName !== undefined).length;
  if (named > 0 && named < ends.length)
    throw new VerificationError(
      'syntax',
      `the network ${first.text} gives ONNX names to ${named} of its ${ends.length} inputs and outputs; name all or none`,
      { line },
    );
  return { name: first.text, ...relation, ...tensors };
}

function declaredTensor(part: List, needsName: boolean): DeclaredTensor {
  const { line } = part;
  const [, name, kind, onnxName, more] = part.items;
  // The shape in brackets is joined to the word before it.
  const match = kind?.kind === 'atom' ? /^(\w+)\[([\d,]*)\]$/.exec(kind.text) : null;
  const isComplete = more === undefined && (onnxName !== undefined || !needsName);
  if (name?.kind !== 'atom' || !tensorName.test(name.text) || match === null || !isComplete)
    throw new VerificationError(
      'syntax',
      `${written(part)} should read (${written(part.items[0])} name float32 [1,2]${needsName ? ' "onnx name"' : ''})`,
      { line },
    );
  const [, type, extents] = match;
  const shape = extents === '' ? [] : extents.split(',').map(Number);
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!(shape.length <= mostAxes && size >= 1 && size <= mostNumbers))
    throw new VerificationError(
      'unsupported',
      `${shortened(name.text)} has the shape [${shortened(extents)}]; a tensor has 1 to ${mostNumbers} numbers`,
      { line },
    );
  const known = elementTypes.find((one) => one === type.toLowerCase());
  if (known === undefined)
    throw new VerificationError(
      'unsupported',
      `${shortened(name.text)} has the type ${shortened(type)}; verified are ${elementTypes.join(', ')}`,
      { line },
    );
  return { name: name.text, type: known, shape, ...(onnxName && { onnxName: quoted(onnxName) }) };
}

function quoted(part: SExpression): string {
  if (part.kind === 'atom' && part.text.startsWith('"')) return part.text.slice(1, -1);
  throw new VerificationError('syntax', `${written(part)} should be an ONNX name in quotes`, { line: part.line });
}

function wordOf(part: SExpression, at: number): string {
  const word = part.kind === 'list' && part.items.length === at + 1 ? part.items[at] : undefined;
  if (word?.kind === 'atom') return word.text;
  throw new VerificationError('syntax', `${written(part)} should name one network`, { line: part.line });
}
