import { inputNames, type InputColumn } from '@mipnet/dataset';
import { isChain, type Dense, type Layer, type Network } from '@mipnet/network';

/** A neuron on the columns of a table: it sums its terms and its bias. */
export interface NamedNeuron {
  readonly name: string;
  readonly bias: number;
  /** Weights that are not zero, the largest first. */
  readonly terms: readonly { readonly of: string; readonly weight: number }[];
}

/** What a unit stands for, and how its number comes from the table's own: number = factor * own + offset. */
interface Unit {
  readonly name: string;
  readonly factor: number;
  readonly offset: number;
}

/**
 * The first neurons of a network that read several columns of a table, by the names of these columns. Neurons before
 * them that compare one column with a number are named by it: `age >= 45`. Undefined if there are none, or if the
 * network branches.
 * @param names of the neurons, if the run has any
 */
export function namedWeights(
  network: Network,
  columns: readonly InputColumn[],
  names?: readonly string[],
): readonly NamedNeuron[] | undefined {
  if (!isChain(network)) return undefined;
  let units: readonly Unit[] = inputNames(columns).map((name) => ({ name, factor: 1, offset: 0 }));
  for (const [index, layer] of network.layers.entries()) {
    switch (layer.kind) {
      case 'fill':
      case 'quantize':
      case 'flatten':
        break;
      case 'scale':
        units = units.map(({ name, factor, offset }, at) => {
          const [by, plus] = [layer.factor, layer.offset].map((array) => array[array.length === 1 ? 0 : at]);
          return { name, factor: factor * by, offset: offset * by + plus };
        });
        break;
      case 'activation':
        // A clip to the range of the training rows: numbers beyond it count as its ends.
        if (layer.activation !== 'clip') return undefined;
        break;
      case 'dense': {
        const compared = comparisons(layer, network.layers[index + 1], units);
        if (compared === undefined) return neuronsOf(layer, units, names);
        return afterComparisons(network.layers.slice(index + 2), compared, names);
      }
      default:
        return undefined;
    }
  }
  return undefined;
}

function afterComparisons(
  layers: readonly Layer[],
  units: readonly Unit[],
  names: readonly string[] | undefined,
): readonly NamedNeuron[] | undefined {
  const next = layers.find(({ kind }) => kind !== 'flatten' && kind !== 'quantize');
  return next?.kind === 'dense' ? neuronsOf(next, units, names) : undefined;
}

function neuronsOf(
  { inputs, outputs, weights, bias }: Dense,
  units: readonly Unit[],
  names: readonly string[] | undefined,
): NamedNeuron[] {
  return Array.from({ length: outputs }, (_, neuron) => ({
    name: names?.length === outputs ? names[neuron] : `neuron ${neuron}`,
    bias: bias[neuron],
    terms: units
      .map(({ name }, input) => ({ of: name, weight: weights[neuron * inputs + input] }))
      .filter(({ weight }) => weight !== 0)
      .sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight)),
  }));
}

/** Units that say whether one number is on one side of a threshold; undefined if the layer is another. */
function comparisons(layer: Dense, next: Layer | undefined, units: readonly Unit[]): readonly Unit[] | undefined {
  if (next?.kind !== 'activation' || (next.activation !== 'step' && next.activation !== 'sign')) return undefined;
  const found: Unit[] = [];
  for (let neuron = 0; neuron < layer.outputs; neuron++) {
    const row = layer.weights.subarray(neuron * layer.inputs, (neuron + 1) * layer.inputs);
    const read = [...row.keys()].filter((input) => row[input] !== 0);
    if (read.length !== 1) return undefined;
    const { name, factor, offset } = units[read[0]];
    const slope = row[read[0]] * factor;
    const threshold = (-layer.bias[neuron] - row[read[0]] * offset) / slope;
    found.push({ name: `${name} ${slope > 0 ? '>=' : '<='} ${short(threshold)}`, factor: 1, offset: 0 });
  }
  return found;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Terms that a line of text shows. */
const mostTerms = 8;

/** `+ age >= 45, - married`: the weight is said unless all are -1 or 1. */
export function neuronText({ terms }: NamedNeuron): string {
  if (terms.length === 0) return 'always the same';
  const plain = terms.every(({ weight }) => Math.abs(weight) === 1);
  const shown = terms.slice(0, mostTerms).map(({ of, weight }) => {
    const sign = weight > 0 ? '+' : '-';
    return plain ? `${sign} ${of}` : `${sign} ${short(Math.abs(weight))} ${of}`;
  });
  const left = terms.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? `, and ${left} more` : ''}`;
}
