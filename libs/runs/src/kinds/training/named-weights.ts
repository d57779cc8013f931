import { inputNames, type InputColumn } from '@mipnet/dataset';
import type { DecidingNeurons } from './neuron-names.js';
import { networkInput, sourcesOf, type Dense, type Layer, type Network } from '@mipnet/network';

/** A neuron on the columns of a table: it sums its terms and its bias. */
export interface NamedNeuron {
  readonly name: string;
  /** Whether other neurons read it; otherwise it decides between classes. */
  readonly hidden: boolean;
  readonly bias: number;
  /** Weights that are not zero, the largest first. */
  readonly terms: readonly { readonly of: string; readonly weight: number }[];
}

/** What a unit stands for, and how its number comes from the table's own: number = factor * own + offset. */
interface Unit {
  readonly name: string;
  readonly factor: number;
  readonly offset: number;
  /** Whether it is a column, or says on which side of a threshold a column is. */
  readonly isColumn: boolean;
}

/**
 * The neurons of a network that read columns of a table, by the names of these columns, layer after layer. Neurons that
 * compare one column with a number are not listed; they are named by it where they are read: `age >= 45`. Neurons that
 * read other neurons alone are left out, and so are neurons that no later one reads.
 * @param deciding the names of the neurons that decide, if the run has any
 */
export function namedWeights(
  network: Network,
  columns: readonly InputColumn[],
  deciding?: DecidingNeurons,
): readonly NamedNeuron[] | undefined {
  const dense = [...network.layers.keys()].filter((index) => network.layers[index].kind === 'dense');
  const decides = deciding && dense.at(-1 - deciding.layersBehind);
  const input = inputNames(columns).map((name): Unit => ({ name, factor: 1, offset: 0, isColumn: true }));
  const sources = sourcesOf(network);
  const units: (readonly Unit[] | undefined)[] = [];
  const found: (readonly NamedNeuron[])[] = [];
  network.layers.forEach((layer, index) => {
    const read = sources[index].map((source) => (source === networkInput ? input : units[source]));
    if (read.some((each) => each === undefined)) return void units.push(undefined);
    const before = read.flatMap((each) => each!);
    if (layer.kind === 'dense' && before.some(({ isColumn }) => isColumn)) {
      const compared = comparisons(layer, network.layers[index + 1], before);
      const hidden = (neuron: number): string => `${found.length === 0 ? '' : `layer ${index} `}neuron ${neuron}`;
      const named = index === decides && deciding?.names.length === layer.outputs;
      const nameOf = (neuron: number): string => (named ? deciding.names[neuron] : hidden(neuron));
      const neurons = compared
        ? []
        : neuronsOf(layer, before).map((neuron, at) => ({ ...neuron, name: nameOf(at), hidden: !named }));
      if (neurons.length > 0) found.push(neurons);
      units.push(compared ?? neurons.map(({ name }) => ({ name, factor: 1, offset: 0, isColumn: false })));
    } else units.push(unitsAfter(layer, before));
  });
  return found.length === 0 ? undefined : readNeurons(found);
}

/** The last layer, and of the layers before it the neurons that a later layer reads. */
function readNeurons(layers: readonly (readonly NamedNeuron[])[]): readonly NamedNeuron[] {
  const read = new Set(layers.flatMap((neurons) => neurons.flatMap(({ terms }) => terms.map(({ of }) => of))));
  return layers.flatMap((neurons, at) =>
    at === layers.length - 1 ? neurons : neurons.filter(({ name }) => read.has(name)),
  );
}

/** Of a layer without weights; undefined if its units have no names. */
function unitsAfter(layer: Layer, before: readonly Unit[]): readonly Unit[] | undefined {
  switch (layer.kind) {
    case 'fill':
    case 'quantize':
    case 'flatten':
    case 'concat':
    // Numbers beyond the ends of a clip count as its ends.
    case 'activation':
      return before;
    case 'scale':
      return before.map((unit, at) => {
        const [by, plus] = [layer.factor, layer.offset].map((array) => array[array.length === 1 ? 0 : at]);
        return { ...unit, factor: unit.factor * by, offset: unit.offset * by + plus };
      });
    default:
      return undefined;
  }
}

function neuronsOf(
  { inputs, outputs, weights, bias }: Dense,
  units: readonly Unit[],
): Pick<NamedNeuron, 'bias' | 'terms'>[] {
  return Array.from({ length: outputs }, (_, neuron) => ({
    bias: bias[neuron],
    terms: units
      .map(({ name }, input) => ({ of: name, weight: weights[neuron * inputs + input] }))
      .filter(({ weight }) => weight !== 0)
      .sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight)),
  }));
}

/** Units that say whether one column is on one side of a threshold; undefined if the layer is another. */
function comparisons(layer: Dense, next: Layer | undefined, units: readonly Unit[]): readonly Unit[] | undefined {
  if (next?.kind !== 'activation' || (next.activation !== 'step' && next.activation !== 'sign')) return undefined;
  // A single neuron on one column is a decision, not a threshold for others to read.
  if (layer.outputs === 1) return undefined;
  const found: Unit[] = [];
  for (let neuron = 0; neuron < layer.outputs; neuron++) {
    const row = layer.weights.subarray(neuron * layer.inputs, (neuron + 1) * layer.inputs);
    const read = [...row.keys()].filter((input) => row[input] !== 0);
    if (read.length !== 1 || !units[read[0]].isColumn) return undefined;
    const { name, factor, offset } = units[read[0]];
    const slope = row[read[0]] * factor;
    const threshold = (-layer.bias[neuron] - row[read[0]] * offset) / slope;
    found.push({
      name: `${name} ${slope > 0 ? '>=' : '<='} ${short(threshold)}`,
      factor: 1,
      offset: 0,
      isColumn: true,
    });
  }
  return found;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Terms that a line of text shows. */
const mostTerms = 8;

/** `+ age >= 45, - married`: the weight is said unless all are -1 or 1. */
export function neuronText({ terms }: Pick<NamedNeuron, 'terms'>): string {
  if (terms.length === 0) return 'always the same';
  const plain = terms.every(({ weight }) => Math.abs(weight) === 1);
  const shown = terms.slice(0, mostTerms).map(({ of, weight }) => {
    const sign = weight > 0 ? '+' : '-';
    return plain ? `${sign} ${of}` : `${sign} ${short(Math.abs(weight))} ${of}`;
  });
  const left = terms.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? `, and ${left} more` : ''}`;
}
