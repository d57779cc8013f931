// Tested by version-2.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { Assertions } from './assertions.js';
import { declaredNetwork, type DeclaredNetwork, type DeclaredTensor } from './declared-network.js';
import type { Variable } from './linear-term.js';
import { propertyOf, type VnnlibProperty } from './property.js';
import { headOf, shortened, written, type Atom, type List } from './s-expression.js';

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** A tensor, and the position of its first number among the inputs or the outputs of all networks. */
interface Placed {
  readonly tensor: DeclaredTensor;
  readonly kind: Variable['kind'];
  readonly start: number;
}

/**
 * A VNN-LIB 2.0 property from its commands; see `parseVnnlib`. Its inputs are those of all networks, one after the
 * other; its outputs are the hidden tensors and the outputs of all networks, in the order of the text.
 */
export function readVersion2(commands: Iterable<List>): VnnlibProperty {
  const networks: DeclaredNetwork[] = [];
  const tensors = new Map<string, Placed>();
  const sizes = { X: 0, Y: 0 };
  const assertions = new Assertions((name) => elementOf(name, tensors));
  let asserted = 0;
  for (const command of commands) {
    const { line } = command;
    switch (headOf(command)) {
      case 'vnnlib-version':
        break;
      case 'declare-network': {
        if (asserted > 0)
          throw new VerificationError('syntax', 'networks are declared before the first assert', { line });
        const network = declaredNetwork(command);
        requireRelation(network, networks, line);
        networks.push(network);
        for (const tensor of [...network.inputs, ...network.hidden, ...network.outputs]) {
          if (tensors.has(tensor.name))
            throw new VerificationError('variable', `${tensor.name} is declared twice`, { line });
          const kind = network.inputs.includes(tensor) ? 'X' : 'Y';
          tensors.set(tensor.name, { tensor, kind, start: sizes[kind] });
          sizes[kind] += sizeOf(tensor);
        }
        break;
      }
      case 'assert':
        asserted++;
        assertions.assert(command);
        break;
      default:
        throw new VerificationError('unsupported', `${written(command)} is neither declare-network nor assert`, {
          line,
        });
    }
  }
  if (networks.length === 0)
    throw new VerificationError('truncated', 'no network is declared: the text is cut off, or not VNN-LIB');
  if (asserted === 0) throw new VerificationError('truncated', 'nothing is asserted: the text is cut off');
  const inputs = [...tensors.values()].filter(({ kind }) => kind === 'X');
  const at = (index: number): Placed => inputs.findLast(({ start }) => start <= index)!;
  const property = propertyOf(assertions.together(), {
    inputs: sizes.X,
    outputs: sizes.Y,
    nameOfInput: (index) => nameOf(at(index), index),
    largestOf: (index) => (at(index).tensor.type === 'float32' ? largestFloat32 : Infinity),
    mayLackOutputs: true,
  });
  return { ...property, networks };
}

const sizeOf = ({ shape }: DeclaredTensor): number => shape.reduce((product, extent) => product * extent, 1);

function requireRelation(network: DeclaredNetwork, before: readonly DeclaredNetwork[], line: number): void {
  if (before.some(({ name }) => name === network.name))
    throw new VerificationError('variable', `the network ${network.name} is declared twice`, { line });
  const related = network.equalTo ?? network.isomorphicTo;
  if (related === undefined) return;
  const other = before.find(({ name }) => name === related);
  if (other === undefined)
    throw new VerificationError('variable', `the network ${shortened(related)} is not declared before`, { line });
  for (const kind of ['inputs', 'outputs'] as const) {
    const shapes = (of: DeclaredNetwork): string => JSON.stringify(of[kind].map(({ shape }) => shape));
    const types = (of: DeclaredNetwork): string => JSON.stringify(of[kind].map(({ type }) => type));
    if (shapes(network) !== shapes(other) || (network.equalTo !== undefined && types(network) !== types(other)))
      throw new VerificationError(
        'syntax',
        `the networks ${network.name} and ${other.name} have different ${kind}, although they are declared ` +
          (network.equalTo === undefined ? 'isomorphic' : 'equal'),
        { line },
      );
  }
}

/** X[0,1], or X for a single number. */
function elementOf(name: Atom, tensors: ReadonlyMap<string, Placed>): Variable {
  const { line } = name;
  const [, base, , indices] = /^([^[]*)(\[([\d,]*)\])?$/.exec(name.text) ?? [];
  const placed = tensors.get(base ?? '');
  if (placed === undefined)
    throw new VerificationError(
      'variable',
      `${shortened(name.text)} is unknown; it is neither a number nor an element of a declared tensor`,
      { line },
    );
  const { tensor, kind, start } = placed;
  const given = indices === undefined || indices === '' ? [] : indices.split(',').map(Number);
  if (given.length !== tensor.shape.length || given.some((index, axis) => index >= tensor.shape[axis]))
    throw new VerificationError(
      'variable',
      `${shortened(name.text)} is no element of ${base}, which has the shape [${tensor.shape.join(',')}]`,
      { line },
    );
  return { kind, index: start + given.reduce((flat, index, axis) => flat * tensor.shape[axis] + index, 0) };
}

/** The element at a position among all inputs. */
function nameOf({ tensor, start }: Placed, position: number): string {
  let rest = position - start;
  const indices = tensor.shape.toReversed().map((extent) => {
    const index = rest % extent;
    rest = (rest - index) / extent;
    return index;
  });
  return indices.length === 0 ? tensor.name : `${tensor.name}[${indices.reverse().join(',')}]`;
}
