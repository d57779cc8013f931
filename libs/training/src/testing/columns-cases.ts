import { seededRandom, type LoadedDataset } from '@mipnet/dataset';
import { ModelBuilder } from '@mipnet/mip';
import { openSolver, type Solver } from '@mipnet/solver';

/** A small problem for columns. */
export interface ColumnsCase {
  readonly seed: number;
  readonly weights: number;
  readonly activation: 'sign' | 'step';
  readonly domain: string;
  readonly cost: number;
  /** @default 2 */
  readonly classes?: number;
}

const inputs = 4;

/** Rows of small whole numbers, some equal and some of them contradicting. */
export function table(
  { seed, domain, classes = 2 }: Pick<ColumnsCase, 'seed' | 'domain' | 'classes'>,
  count = 14,
): LoadedDataset {
  const random = seededRandom(seed);
  const largest = domain === 'ternary' && seed % 2 === 0 ? 1 : 3;
  const features = Uint8Array.from({ length: count * inputs }, () => random.integer(largest + 1));
  const labels = Int32Array.from({ length: count }, (_, row) => {
    if (row < classes) return row;
    if (classes === 2) return Number(features[row * inputs] + random.integer(3) > largest);
    return (features[row * inputs] + (features[row * inputs + 1] > 0 ? 1 : 0) + random.integer(2)) % classes;
  });
  const names = ['no', 'yes', 'maybe', 'never', 'often'].slice(0, classes);
  const part = {
    name: 'small',
    classes: names,
    inputShape: [inputs],
    count,
    size: inputs,
    features,
    scale: 1,
    labels,
  };
  return { name: 'small', classes: names, inputShape: [inputs], train: part, test: null, notes: [] };
}

/** @param more options of columns, each after a comma */
export const planOf = ({ weights, activation, domain, cost, classes = 2 }: ColumnsCase, more = ''): string => `
network: [{dense: ${classes === 2 ? 1 : classes}}]
dataset: {name: digits, validationPerClass: 0}
splits: [{columns: {weights: ${weights}, activation: ${activation}, domain: ${domain}, cost: ${cost}, add: 3, parts: 3${more}}}]
`;

/** The sets of rows that neurons of the family fire on, each set once. */
function familyOf({ weights, domain }: ColumnsCase, { train }: LoadedDataset): readonly string[] {
  const largest = domain === 'ternary' ? 1 : Number(/\d+/.exec(domain));
  const found = new Set<string>();
  const vector = new Array<number>(inputs).fill(0);
  const visit = (at: number, left: number): void => {
    if (at === inputs) {
      const sums = Array.from({ length: train.count }, (_, row) =>
        vector.reduce((sum, weight, input) => sum + weight * train.features[row * inputs + input], 0),
      );
      for (const threshold of new Set(sums)) found.add(sums.map((sum) => (sum >= threshold ? '1' : '0')).join(''));
      return;
    }
    for (let weight = -largest; weight <= largest; weight++) {
      if (weight !== 0 && left === 0) continue;
      vector[at] = weight;
      visit(at + 1, left - (weight === 0 ? 0 : 1));
    }
    vector[at] = 0;
  };
  visit(0, weights);
  return [...found];
}

let solver: Promise<Solver> | undefined;

/**
 * The linear program with a column for every neuron, and class if there are several: a score per class, and for every
 * row and other class the margin. Of two classes only the second one has a score.
 */
export async function optimumOf(asked: ColumnsCase, data: LoadedDataset): Promise<number> {
  const builder = new ModelBuilder();
  const { labels, count } = data.train;
  const { classes = 2 } = asked;
  const scored = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
  const biases = new Map(scored.map((k) => [k, builder.column(-Infinity, Infinity)]));
  const slack = Array.from({ length: count }, () => builder.column(0, Infinity, { cost: asked.cost }));
  const neurons = familyOf(asked, data).flatMap((fires) =>
    scored.map((k) => ({
      k,
      fires,
      sides: [builder.column(0, Infinity, { cost: 1 }), builder.column(0, Infinity, { cost: 1 })],
    })),
  );
  for (let row = 0; row < count; row++) {
    for (let c = 0; c < classes; c++) {
      if (c === labels[row]) continue;
      const signOf = (k: number): number => Number(k === labels[row]) - Number(k === c);
      const columns = [slack[row]];
      const values = [1];
      for (const [k, bias] of biases) {
        if (signOf(k) === 0) continue;
        columns.push(bias);
        values.push(signOf(k));
      }
      for (const { k, fires, sides } of neurons) {
        const h = signOf(k) * (fires[row] === '1' ? 1 : asked.activation === 'sign' ? -1 : 0);
        if (h === 0) continue;
        columns.push(...sides);
        values.push(h, -h);
      }
      builder.row(1, { constant: 0, columns, values }, Infinity);
    }
  }
  const { objective } = await (await (solver ??= openSolver())).solve(builder.build(), { relaxation: true });
  return objective!;
}
