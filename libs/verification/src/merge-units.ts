import {
  growthOf,
  isChain,
  isIntegerValued,
  isOdd,
  isStepwise,
  piecesOf,
  type Dense,
  type Layer,
  type Network,
} from '@mipnet/network';

/**
 * The same function with fewer independent jumps: of units before a jump that are always equal, or always opposite
 * before a ternary activation (ONNX: Sign), only one remains, and the next layer adds up their weights.
 *
 * A MIP has closed sets only. If a pre-activation is exactly 0, each unit may take either side of its jump
 * independently, so that sign(a) + sign(-a), which is 0, could be 2. Merged, it is 0.
 *
 * Units are merged only if rounding cannot distinguish them, in any order of summation and any precision from float32
 * on (see `isExact`), and if the sums of the next layer are exact, too: integers on -1, 0 and 1.
 */
export function mergeUnits(network: Network): Network {
  if (!isChain(network)) return network;
  const layers = [...network.layers];
  for (let k = 0; k + 2 < layers.length; k++) {
    const [first, jump, second] = layers.slice(k, k + 3);
    if (first.kind !== 'dense' || second.kind !== 'dense' || jump.kind !== 'activation') continue;
    const pieces = piecesOf(jump);
    if (!isStepwise(pieces)) continue;
    layers[k + 2] = merged(first, second, isIntegral(layers[k - 1]), isOdd(pieces));
  }
  return { ...network, layers };
}

/** `second` with the weights of units that repeat another one moved to that one. */
function merged(first: Dense, second: Dense, integral: boolean, isOdd: boolean): Dense {
  const weights = second.weights.slice();
  const seen = new Map<string, number>();
  for (let unit = 0; unit < first.outputs; unit++) {
    const row = [...first.weights.subarray(unit * first.inputs, (unit + 1) * first.inputs), first.bias[unit]];
    if (!isExact(row, integral)) continue;
    const [same, opposite] = [keyOf(row), keyOf(row.map((value) => -value))];
    const [other, sign] = seen.has(same)
      ? [seen.get(same)!, 1]
      : isOdd && seen.has(opposite)
        ? [seen.get(opposite)!, -1]
        : [unit, 1];
    if (other === unit) seen.set(same, unit);
    else if (isIntegerWherever(second, [unit, other])) {
      for (let o = 0; o < second.outputs; o++) {
        weights[o * second.inputs + other] += sign * weights[o * second.inputs + unit];
        weights[o * second.inputs + unit] = 0;
      }
    }
  }
  return { ...second, weights };
}

/** Sums of integers are exact in float32 below this. */
const largestExact = 2 ** 24;

/**
 * Whether the pre-activation is the same number in every order of summation, except for one rounding at the end, which
 * keeps its sign: integers on small integers, or at most two terms, each an input times 1, 2, 4, ..., 256 or minus
 * that.
 */
function isExact(row: readonly number[], integral: boolean): boolean {
  const terms = row.filter((value) => value !== 0);
  if (integral && terms.every(Number.isInteger))
    return terms.reduce((sum, value) => sum + Math.abs(value), 0) < largestExact;
  return (
    terms.length <= 2 &&
    row
      .slice(0, -1)
      .every(
        (value) =>
          value === 0 ||
          (Number.isInteger(Math.log2(Math.abs(value))) && Math.abs(value) >= 1 && Math.abs(value) <= 256),
      )
  );
}

/** Rows that read one of the units must be exact sums, before and after the merge. */
function isIntegerWherever({ weights, bias, inputs, outputs }: Dense, units: readonly number[]): boolean {
  for (let o = 0; o < outputs; o++) {
    const row = weights.subarray(o * inputs, (o + 1) * inputs);
    if (units.every((unit) => row[unit] === 0)) continue;
    if (!Number.isInteger(bias[o]) || !row.every(Number.isInteger)) return false;
    if (row.reduce((sum, value) => sum + Math.abs(value), Math.abs(bias[o])) >= largestExact) return false;
  }
  return true;
}

/** Whether a layer gives -1, 0 and 1 only. */
function isIntegral(layer: Layer | undefined): boolean {
  if (layer?.kind !== 'activation') return false;
  const pieces = piecesOf(layer);
  return isIntegerValued(pieces) && growthOf(pieces).offset <= 1;
}

/** Minus zero is zero. */
const keyOf = (row: readonly number[]): string => row.map((value) => value + 0).join(' ');
