import {
  defaultAffine,
  fourNeighbours,
  openDataset,
  readRows,
  seededRandom,
  shiftImages,
  writeDataset,
  type LoadedDataset,
} from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import type { Incumbent } from '../problem/incumbent.js';
import { scoreData } from '../model/score-data.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { eachCopy } from '../rows/copies.js';
import { hardestFirst, nextSet } from './hardest-first.js';
import type { SplitSpec } from '../problem/split-spec.js';

const spec: SplitSpec = { name: 'batches', kind: 'hardest-first', start: 5, add: 4, rounds: 3 };

async function made(inputShape: readonly number[] = [6]): Promise<{ store: MemoryStore; problem: TrainingProblem }> {
  const random = seededRandom(7);
  const labels = Int32Array.from({ length: 60 }, (_, k) => k % 2);
  const features = Uint8Array.from(
    { length: 60 * 6 },
    (_, at) => (at % 6 === labels[Math.floor(at / 6)] ? 3 : 0) + random.integer(3),
  );
  const part = { name: 'made', classes: ['a', 'b'], inputShape, count: 60, size: 6, features, scale: 1, labels };
  const dataset: LoadedDataset = {
    name: 'made',
    classes: part.classes,
    inputShape,
    train: part,
    test: null,
    notes: [],
  };
  const store = new MemoryStore();
  const problem: TrainingProblem = {
    name: 'made',
    dataset: await writeDataset(store, dataset),
    view: {
      rows: Int32Array.from(labels.keys()),
      labels,
      classes: Int32Array.of(0, 1),
      shifts: 0,
      validationRows: new Int32Array(),
      validationLabels: new Int32Array(),
    },
    network: {
      inputShape: [6],
      layers: [{ kind: 'dense', inputs: 6, outputs: 1, weights: new Float64Array(6), bias: new Float64Array(1) }],
    },
    free: [{ domain: 'ternary', bias: true }],
    objectives: [{ kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0.1 }],
    limits: { gap: 0 },
    splits: [spec],
    seed: 3,
  };
  return { store, problem };
}

function neuron(problem: TrainingProblem, weights: readonly number[], bound: number | null = null): Incumbent {
  const [layer] = problem.network.layers;
  if (layer.kind !== 'dense') throw new Error('dense');
  return {
    network: {
      ...problem.network,
      layers: [{ ...layer, weights: Float64Array.from(weights), bias: Float64Array.of(0.5) }],
    },
    objective: 0,
    bound,
    status: 'feasible',
    stages: [],
  };
}

const solved = {
  name: 'part',
  objective: 0,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: { optimal: 0, feasible: 1, unresolved: 0, failed: 0 },
  seconds: { solver: 0, merge: 0 },
  stopped: false,
};
const good = [-1, 1, 0, 0, 0, 0];
const bad = [1, -1, 0, 0, 0, 0];

test('the first round has as many rows of each class, and the same ones again', async () => {
  const { store, problem } = await made();
  const round = { problem, spec, store, state: { round: 0 }, current: undefined };
  const [part] = await hardestFirst.divide(round);
  expect(part.view.rows.length).toBe(10);
  expect(part.view.labels.reduce((sum, label) => sum + label, 0)).toBe(5);
  expect(await hardestFirst.divide(round)).toEqual([part]);
  expect(part.splits).toEqual([]);
});

test('the working set keeps rows near the margin and takes the worst violated of all rows', () => {
  const margins = Float64Array.from([5, 1.9, 0.5, -3, 0.9, -4, 2, 1]);
  const { workingSet, added } = nextSet(Int32Array.of(0, 1, 2), { margins, margin: 1 }, 2);
  expect([...workingSet]).toEqual([1, 2, 3, 5]);
  expect(added).toBe(2);
  expect(nextSet(Int32Array.of(2, 3, 4, 5), { margins, margin: 1 }, 2).added).toBe(0);
});

test('the worst of many rows are those that sorting gives, the first of equal ones', () => {
  const random = seededRandom(3, 'worst');
  for (let add = 1; add <= 40; add++) {
    const margins = Float64Array.from({ length: 30 }, () => random.integer(6) - 3);
    const worst = [...margins.keys()]
      .filter((position) => margins[position] < 1)
      .sort((a, b) => margins[a] - margins[b] || a - b)
      .slice(0, add)
      .sort((a, b) => a - b);
    expect([...nextSet(new Int32Array(), { margins, margin: 1 }, add).workingSet]).toEqual(worst);
  }
});

test('a round counts only if it is better on all the data, and keeps the network otherwise', async () => {
  const { store, problem } = await made();
  const at = (round: number, current?: Incumbent) => ({ problem, spec, store, state: { round }, current });
  const first = await hardestFirst.merge(at(0), [{ solved, incumbent: neuron(problem, bad, 0.25) }]);
  const second = await hardestFirst.merge(at(1, first.incumbent!), [{ solved, incumbent: neuron(problem, good) }]);
  const third = await hardestFirst.merge(at(2, second.incumbent!), [{ solved, incumbent: neuron(problem, bad, 0.1) }]);
  const objective = async (weights: readonly number[]): Promise<number> =>
    (await scoreData(store, problem, neuron(problem, weights).network)).objective;
  expect(first.incumbent!.objective).toBe(await objective(bad));
  expect(second.incumbent!.objective).toBe(await objective(good));
  expect(await objective(good)).toBeLessThan(await objective(bad));
  expect(third.incumbent!.network).toEqual(second.incumbent!.network);
  expect(third.incumbent!.objective).toBe(second.incumbent!.objective);
  expect(third.incumbent!.stages.map(({ value }) => value)).toEqual([
    await objective(bad),
    await objective(good),
    await objective(good),
  ]);
  // The bound of fewer rows holds for all of them, and a later, weaker one does not replace it.
  expect([first, second, third].map(({ incumbent }) => incumbent!.bound)).toEqual([0.25, 0.25, 0.25]);
  expect([first.again, third.again]).toEqual([true, false]);
  const [part] = await hardestFirst.divide(at(1, first.incumbent!));
  expect(part.network).toEqual(first.incumbent!.network);
  const { margins } = await scoreData(store, problem, first.incumbent!.network);
  const worst = [...margins.keys()].sort((a, b) => margins[a] - margins[b])[0];
  expect([...part.view.rows]).toContain(worst);
});

test('a round that is not better adds the rows that its network gets wrong, and drops none', async () => {
  const { store, problem } = await made();
  const before = await hardestFirst.merge({ problem, spec, store, state: { round: 0 }, current: undefined }, [
    { solved, incumbent: neuron(problem, good) },
  ]);
  const workingSet = Int32Array.of(0, 1, 2, 3);
  const current = { ...before.incumbent!, workingSet };
  const round = await hardestFirst.merge({ problem, spec, store, state: { round: 1 }, current }, [
    { solved, incumbent: neuron(problem, bad) },
  ]);
  const { margins } = await scoreData(store, problem, neuron(problem, bad).network);
  const worst = [...margins.keys()].filter((row) => row > 3).sort((a, b) => margins[a] - margins[b] || a - b);
  expect(round.incumbent!.network).toEqual(before.incumbent!.network);
  expect([...round.incumbent!.workingSet!]).toEqual(
    [...workingSet, ...worst.slice(0, spec.add as number)].sort((a, b) => a - b),
  );
  expect(round.again).toBe(true);
});

test('a stopped round leaves what was before', async () => {
  const { store, problem } = await made();
  const current = neuron(problem, good);
  expect(await hardestFirst.merge({ problem, spec, store, state: { round: 1 }, current }, [undefined])).toEqual({
    incumbent: current,
    again: false,
  });
});

test('shifted copies count in the objective, and a row is as bad as its worst copy', async () => {
  const { store, problem } = await made([1, 2, 3]);
  const images: TrainingProblem = {
    ...problem,
    network: { inputShape: [1, 2, 3], layers: [{ kind: 'flatten' }, ...problem.network.layers] },
    free: [null, ...problem.free],
    view: { ...problem.view, shifts: 4 },
  };
  const [layer] = neuron(problem, good).network.layers;
  const scored = await scoreData(store, images, { ...images.network, layers: [{ kind: 'flatten' }, layer] });
  const unshifted = await scoreData(
    store,
    { ...images, view: { ...images.view, shifts: 0 } },
    { ...images.network, layers: [{ kind: 'flatten' }, layer] },
  );
  const { train } = await openDataset(store, problem.dataset);
  const all = await readRows(store, train, problem.view.rows);
  const copies = [all, ...fourNeighbours.map((shift) => shiftImages(all, shift))];
  const marginOf = (copy: number, row: number): number => {
    const pixels = copies[copy].features.subarray(row * 6, row * 6 + 6);
    return (problem.view.labels[row] === 1 ? 1 : -1) * (pixels[1] - pixels[0] + 0.5);
  };
  const rows = [...problem.view.rows];
  const hinge = rows
    .flatMap((row) => copies.map((_, copy) => Math.max(0, scored.margin - marginOf(copy, row))))
    .reduce((sum, loss) => sum + loss, 0);
  expect(scored.objective).toBeCloseTo(hinge + 2 * 0.1, 9);
  expect([...scored.margins]).toEqual(rows.map((row) => Math.min(...copies.map((_, copy) => marginOf(copy, row)))));
  expect(scored.objective).toBeGreaterThan(unshifted.objective);
  const single = { ...images, view: eachCopy(images.view) };
  const again = await scoreData(store, single, { ...images.network, layers: [{ kind: 'flatten' }, layer] });
  expect(again.objective).toBeCloseTo(scored.objective, 9);
});

test('a copy of an image is a row of its own: the worst copies join, and not their images', async () => {
  const { store, problem } = await made([1, 2, 3]);
  const images: TrainingProblem = {
    ...problem,
    network: { inputShape: [1, 2, 3], layers: [{ kind: 'flatten' }, ...problem.network.layers] },
    free: [null, ...problem.free],
    view: { ...problem.view, shifts: 4, affine: { ...defaultAffine, shift: 0.3, copies: 2, seed: 1 } },
  };
  const at = (round: number, current?: Incumbent) => ({ problem: images, spec, store, state: { round }, current });
  const [first] = await hardestFirst.divide(at(0));
  expect(first.name).toBe('batch 0, 10 of 420 rows');
  expect(new Set(first.view.copies).size).toBeGreaterThan(2);
  const [sure] = await hardestFirst.divide({ ...at(0), problem: { ...images, view: eachCopy(images.view) } });
  expect(sure).toEqual(first);

  const flat = neuron(problem, bad);
  const incumbent = { ...flat, network: { ...images.network, layers: [{ kind: 'flatten' }, ...flat.network.layers] } };
  const merged = await hardestFirst.merge(at(0), [{ solved, incumbent: incumbent as Incumbent }]);
  const all = { ...images, view: eachCopy(images.view) };
  const { margins, objective } = await scoreData(store, all, merged.incumbent!.network);
  expect(merged.incumbent!.objective).toBe(objective);
  const [second] = await hardestFirst.divide(at(1, merged.incumbent!));
  const worst = [...margins.keys()].sort((a, b) => margins[a] - margins[b])[0];
  const isIn = [...second.view.rows.keys()].some(
    (k) => second.view.rows[k] === all.view.rows[worst] && second.view.copies![k] === all.view.copies![worst],
  );
  expect(isIn).toBe(true);
  expect(second.view.rows.length).toBeLessThanOrEqual(10 + 4);
});
