import { forwardTrace, type Layer, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver, type SyncSolver, type SolverSession } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { assignments } from '../conformance.js';
import { encodeTrained } from '../encode-trained.js';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import {
  between,
  randomBox,
  randomNumbers,
  randomPoint,
  randomTrained,
  type RandomTrainedOptions,
} from '@mipnet/bounds/testing/random-trained';
import type { Box, NetworkBounds } from '@mipnet/bounds';
import { crownBounds, linearLowerBounds, nextLayerBounds, withUnits } from '@mipnet/bounds';
import { intervalBounds } from '@mipnet/bounds';
import { lpUnits } from './lp-bounds.js';
import { mipUnits } from './mip-bounds.js';
import { tightenedBounds } from './tighten.js';
import { undecidedUnits } from '@mipnet/bounds';

/** Networks tried by each test here. MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 300);

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const drawn = (seed: number, options?: RandomTrainedOptions) => {
  const random = randomNumbers(seed);
  const network = seed % 4 === 3 ? randomGraph(random) : randomTrained(random, options);
  return { random, network, box: randomBox(random, network) };
};

/** Exactly inside, no tolerance: bounds are rounded outwards. */
function expectInside(bounds: NetworkBounds, network: Network, input: Float64Array, where: string): void {
  forwardTrace(network, input).forEach((values, layer) => {
    const { lower, upper } = bounds.layers[layer];
    values.forEach((value, i) => {
      if (!(lower[i] <= value && value <= upper[i]))
        expect.fail(
          `${where}: unit ${i} of layer ${layer} is ${value}, outside [${lower[i]}, ${upper[i]}] at [${input}]`,
        );
    });
  });
}

/** The corners of the box that an LP likes best, for every activation pattern: where a wrong bound would show. */
function extremeInputs(network: Network, box: Box): Float64Array[] {
  const { model, outputs, toInput } = encodeTrained(network, box);
  const binaries = model.integer.reduce((sum, flag) => sum + flag, 0);
  if (model.columnCount === 0 || binaries > 5) return [];
  const session = solver.open(model);
  const found: Float64Array[] = [];
  for (const assignment of assignments(model)) {
    for (const [column, value] of assignment) session.setColumnBounds(column, value, value);
    for (const sign of [1, -1]) {
      const { constant, columns, values } = outputs[0].expression;
      session.setObjective({ constant, columns, values: Float64Array.from(values, (value) => sign * value) });
      const { x } = session.solve();
      if (x) found.push(toInput(x));
    }
  }
  session.close();
  return found;
}

const total = ({ lower, upper }: Box): number => upper.reduce((sum, high, i) => sum + high - lower[i], 0);
const widths = (bounds: NetworkBounds): number => bounds.layers.reduce((sum, box) => sum + total(box), 0);

describe('no forward pass leaves its bounds', () => {
  test('interval and CROWN: samples, corners', { timeout: 600_000 }, () => {
    let tighter = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = drawn(seed, { quantize: true });
      const interval = intervalBounds(network, box);
      const crown = crownBounds(network, box);
      if (widths(crown) < widths(interval) - 1e-9) tighter++;
      for (let k = 0; k < 40; k++) {
        const input = randomPoint(random, box);
        expectInside(interval, network, input, `interval, seed ${seed}`);
        expectInside(crown, network, input, `CROWN, seed ${seed}`);
      }
    }
    expect(tighter).toBeGreaterThan(networks / 20);
  });

  test('a box of one point: only round-off is left, and the forward pass is inside', () => {
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = drawn(seed);
      const point = randomPoint(random, box);
      const crown = crownBounds(network, { lower: point, upper: point });
      expectInside(crown, network, point, `point, seed ${seed}`);
      if (network.layers.every((layer) => layer.kind !== 'activation' || layer.activation === 'relu'))
        expect(widths(crown)).toBeLessThan(1e-9);
    }
  });

  test('the exact sum is inside too, where float64 loses it', () => {
    const network: Network = {
      inputShape: [3],
      layers: [{ kind: 'dense', inputs: 3, outputs: 1, weights: Float64Array.of(1, 1, 1), bias: Float64Array.of(0) }],
    };
    for (const small of [1, -1]) {
      const point = Float64Array.of(small * 2 ** 53, small, -small * 2 ** 53);
      expect(forwardTrace(network, point)[0][0]).toBe(0); // small, exactly
      const { lower, upper } = intervalBounds(network, { lower: point, upper: point }).layers[0];
      expect(lower[0]).toBeLessThanOrEqual(small);
      expect(upper[0]).toBeGreaterThanOrEqual(small);
    }
  });

  test('LP and MIP: samples, and the extreme inputs of every activation pattern', { timeout: 3_600_000 }, () => {
    const tried = Math.ceil(networks / 4);
    let tighter = 0;
    let extremes = 0;
    // 577: outputs that are constant but for the last digit.
    for (const seed of [577, ...Array(tried).keys()]) {
      const { random, network, box } = drawn(seed, seed % 3 ? { activations: ['relu'], depth: 4 } : {});
      const crown = crownBounds(network, box);
      const lp = tightenedBounds(solver, network, box, {
        tightening: 'lp',
        lp: { formulation: seed % 2 ? 'big-m' : 'extended' },
      });
      const mip = tightenedBounds(solver, network, box, { tightening: 'mip', mip: { workLimit: 200 } });
      const last = network.layers.length - 1;
      const outputs = lpUnits(solver, network, lp, { layer: last, units: [0, 1] });
      const all = [crown, lp, mip, withUnits(lp, last, [0, 1], outputs)];
      if (widths(all[3]) < widths(crown) - 1e-9) tighter++;
      const inputs = extremeInputs(network, box);
      extremes += inputs.length;
      for (let k = 0; k < 20; k++) inputs.push(randomPoint(random, box));
      for (const input of inputs)
        all.forEach((bounds, which) =>
          expectInside(bounds, network, input, `${['CROWN', 'LP', 'MIP', 'LP on outputs'][which]}, seed ${seed}`),
        );
    }
    expect(tighter).toBeGreaterThan(tried / 10);
    expect(extremes).toBeGreaterThan(tried);
  });

  test('linear forms of the outputs', () => {
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = drawn(seed, { quantize: true });
      const [bound] = linearLowerBounds(network, crownBounds(network, box), Float64Array.of(1, -1));
      for (let k = 0; k < 20; k++) {
        const [first, second] = forwardTrace(network, randomPoint(random, box)).at(-1) as Float64Array;
        expect(first - second).toBeGreaterThanOrEqual(bound);
      }
    }
  });
});

/** A session of which a test changes what `solve` does. */
const solvedBy = (session: SolverSession, solve: SolverSession['solve']): SolverSession => ({
  get model() {
    return session.model;
  },
  solve,
  setObjective: (expression) => session.setObjective(expression),
  setColumnBounds: (...given) => session.setColumnBounds(...given),
  addRows: (rows) => session.addRows(rows),
  deleteRows: (rows) => session.deleteRows(rows),
  basis: () => session.basis(),
  setBasis: (basis) => session.setBasis(basis),
  close: () => session.close(),
});

const relu: Layer = { kind: 'activation', activation: 'relu' };

/** relu(x1 + x2) + relu(x1 - x2) - 2.1: at most -0.1 on [-1, 1]^2, but up to 0.9 over the relaxation. */
const tent: Network = {
  inputShape: [2],
  layers: [
    { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 1, 1, -1), bias: new Float64Array(2) },
    relu,
    { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, 1), bias: Float64Array.of(-2.1) },
    relu,
  ],
};
const square: Box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };

describe('undecided units', () => {
  const open = (next: Layer, lower: number, upper: number): boolean => {
    const network: Network = {
      inputShape: [1],
      layers: [{ kind: 'dense', inputs: 1, outputs: 1, weights: Float64Array.of(1), bias: Float64Array.of(0) }, next],
    };
    const box = { lower: Float64Array.of(lower), upper: Float64Array.of(upper) };
    return undecidedUnits(network, 0, { input: box, layers: [box, box] }).length === 1;
  };

  test('relu: 0 inside; step and sign: 0 inside or at the upper end, because step(0) = 1', () => {
    const step: Layer = { kind: 'activation', activation: 'step' };
    expect(
      [
        [-1, 1],
        [-1, 0],
        [0, 1],
        [-2, -1],
      ].map(([lower, upper]) => [open(relu, lower, upper), open(step, lower, upper)]),
    ).toEqual([
      [true, true],
      [false, true],
      [false, false],
      [false, false],
    ]);
  });

  test('ternary: one of the two thresholds inside', () => {
    const ternary: Layer = { kind: 'activation', activation: 'ternary', threshold: 1 };
    expect(
      [
        [-0.9, 0.9],
        [-0.9, 1],
        [-1, 0],
        [1, 2],
        [-2, -1],
        [-2, -0.5],
      ].map(([lower, upper]) => open(ternary, lower, upper)),
    ).toEqual([false, true, true, false, false, true]);
  });

  test('nothing before an affine layer, everything at the end', () => {
    const dense: Layer = {
      kind: 'dense',
      inputs: 1,
      outputs: 1,
      weights: Float64Array.of(1),
      bias: Float64Array.of(0),
    };
    expect(open(dense, -1, 1)).toBe(false);
    expect(open({ kind: 'flatten' }, -1, 1)).toBe(true);
  });
});

describe('escalation', () => {
  test('MIP bounds decide what LP bounds leave open, and are exact without a limit', () => {
    const lp = tightenedBounds(solver, tent, square, { tightening: 'lp' });
    expect([...undecidedUnits(tent, 2, lp)]).toEqual([0]);
    const mip = tightenedBounds(solver, tent, square, { tightening: 'mip' });
    expect(undecidedUnits(tent, 2, mip)).toHaveLength(0);
    expect(mip.layers[3].upper[0]).toBe(0);
  });

  test('parts of a layer, solved apart, give what the whole gives', () => {
    const { network, box } = drawn(11);
    let whole: NetworkBounds = { input: box, layers: [] };
    for (let layer = 0; layer < network.layers.length; layer++) {
      whole = nextLayerBounds(network, whole);
      const units = undecidedUnits(network, layer, whole);
      const before = whole;
      const parts = [units.filter((_, i) => i % 2 === 0), units.filter((_, i) => i % 2 === 1)];
      const merged = parts.reduce(
        (bounds, part) => withUnits(bounds, layer, part, lpUnits(solver, network, before, { layer, units: part })),
        whole,
      );
      whole = withUnits(whole, layer, units, lpUnits(solver, network, before, { layer, units }));
      merged.layers[layer].lower.forEach((lower, i) => expect(lower).toBeCloseTo(whole.layers[layer].lower[i], 6));
    }
    expect(whole.layers).toHaveLength(network.layers.length);
  });

  test('the second LP is left out when the first decides', () => {
    const decided: Network = {
      ...tent,
      layers: [
        ...tent.layers.slice(0, 2),
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, 1), bias: Float64Array.of(-3.5) },
        relu,
      ],
    };
    const before = [0, 1, 2].reduce((bounds) => nextLayerBounds(decided, bounds), {
      input: square,
      layers: [],
    } as NetworkBounds);
    const wide = {
      ...before,
      layers: [...before.layers.slice(0, 2), { lower: Float64Array.of(-4), upper: Float64Array.of(1) }],
    };
    let solves = 0;
    const counting: SessionSolver = {
      ...solver,
      open: (model) => {
        const session = solver.open(model);
        return solvedBy(session, () => (solves++, session.solve()));
      },
    };
    const { upper } = lpUnits(counting, decided, wide, { layer: 2, units: [0] });
    expect(upper[0]).toBeLessThan(0);
    expect(solves).toBe(1);
  });
});

describe('a solver that is wrong', () => {
  test('an LP objective is not believed, only its duals', () => {
    const lying: SessionSolver = {
      ...solver,
      open: (model) => {
        const session = solver.open(model);
        return solvedBy(session, () => ({ ...session.solve(), objective: 1000, bound: 1000 }));
      },
    };
    expect(tightenedBounds(lying, tent, square, { tightening: 'lp' })).toEqual(
      tightenedBounds(solver, tent, square, { tightening: 'lp' }),
    );
  });

  test('a MIP bound that the forward pass contradicts is solved again without presolve, then ends the run', () => {
    const bounds = crownBounds(tent, square);
    const presolves: unknown[] = [];
    const wrong = (always: boolean): SyncSolver => ({
      name: 'wrong',
      solve: (model, options = {}) => {
        presolves.push(options.presolve);
        const result = solver.solve(model, options);
        return always || options.presolve ? { ...result, bound: (result.objective as number) + 1 } : result;
      },
    });
    expect(() => mipUnits(wrong(true), tent, bounds, { layer: 2, units: [0] })).toThrow(
      expect.objectContaining({ name: 'EncodingError', code: 'unsound' }),
    );
    expect(presolves).toEqual([true, false]);
    expect(mipUnits(wrong(false), tent, bounds, { layer: 2, units: [0] }).upper[0]).toBeLessThan(0);
  });

  test('bounds that exclude each other end the run', () => {
    expect(() =>
      withUnits(crownBounds(tent, square), 2, [0], { lower: Float64Array.of(50), upper: Float64Array.of(60) }),
    ).toThrow(/layer 2, unit 0: bounds .* nothing in common/);
  });
});

describe('bounds of a wide network under a limit', () => {
  const convolution = (inputChannels: number, outputChannels: number, seed: number): Layer => {
    const random = randomNumbers(seed);
    return {
      kind: 'conv2d',
      inputChannels,
      outputChannels,
      groups: 1,
      kernel: [3, 3],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [1, 1, 1, 1],
      weights: Float64Array.from({ length: 9 * inputChannels * outputChannels }, () => between(random, -1, 1)),
      bias: new Float64Array(outputChannels),
    };
  };
  /** Two layers of 12,544 units: a row for each side of each unit of the second would take 2.5 GB. */
  const network: Network = {
    inputShape: [1, 28, 28],
    layers: [
      convolution(1, 16, 1),
      { kind: 'activation', activation: 'relu' },
      convolution(16, 16, 2),
      { kind: 'activation', activation: 'relu' },
    ],
  };
  const box: Box = { lower: new Float64Array(784).fill(-0.1), upper: new Float64Array(784).fill(0.1) };

  test('the units that were reached are tightened, the others keep their intervals', () => {
    let asked = 0;
    const interval = intervalBounds(network, box);
    const bounds = crownBounds(network, box, () => ++asked > 4);
    expect(asked).toBeGreaterThan(4);
    const width = (of: NetworkBounds, unit: number): number => of.layers[2].upper[unit] - of.layers[2].lower[unit];
    const tightened = [...interval.layers[2].lower.keys()].filter(
      (unit) => width(bounds, unit) < width(interval, unit),
    );
    expect(tightened.length).toBeGreaterThan(0);
    expect(tightened.length).toBeLessThan(2000);
    const random = randomNumbers(3);
    for (let trial = 0; trial < 5; trial++)
      expectInside(
        bounds,
        network,
        box.lower.map(() => between(random, -0.1, 0.1)),
        'under a limit',
      );
  });

  test('a limit that is reached before leaves intervals', () => {
    expect(crownBounds(network, box, () => true).layers).toEqual(intervalBounds(network, box).layers);
  });
});
