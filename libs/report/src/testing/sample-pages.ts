import type { ComparePage } from '../compare/compare-page.js';
import type { Environment } from '../page/environment.js';
import type { LivePage } from '../live/live-page.js';
import type { SweepPage } from '../sweep/sweep-page.js';
import type { TrainPage } from '../training/train-page.js';
import type { SubproblemRow } from '../training/training-run.js';
import type { VerifyPage } from '../verification/verify-page.js';

// Values of pages of any size, the same in every run.

/** Numbers 0..1 that look random: a linear congruential generator. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

export const environment: Environment = {
  mipnet: '0.1.0 (commit 0123abc)',
  node: '20.20.2',
  solver: 'highs 1.14.0',
  engine: 'local',
  temporal: null,
  machine: 'linux x64, 2 cores of AMD EPYC, 8 GB',
  slots: 2,
  runsPage: null,
};

function rowsOf(parts: number, slots: number): SubproblemRow[] {
  const draw = draws(7);
  const free = new Array<number>(slots).fill(0);
  return Array.from({ length: parts }, (_, at): SubproblemRow => {
    const slot = free.indexOf(Math.min(...free));
    const seconds = 0.2 + 3 * draw() ** 3;
    const from = free[slot] + 0.02 + (draw() < 0.05 ? 1 : 0);
    free[slot] = from + seconds;
    const objective = 10 + 20 * draw();
    const bound = draw() < 0.5 ? objective : objective * (0.7 + 0.3 * draw());
    return {
      depth: 0,
      name: `pair ${Math.floor(at / 90)}v${at % 90}`,
      status: bound === objective ? 'optimal' : 'feasible',
      objective,
      bound,
      seconds,
      solve: { slot: `machine/${4000 + slot}/0`, from, to: free[slot] },
      course: [
        { seconds: 0, objective: 2 * objective, bound: 0 },
        { seconds: seconds / 2, objective: 1.2 * objective, bound: bound / 2 },
        { seconds, objective, bound },
      ],
    };
  });
}

/** A digit-like blot. */
function blot(draw: () => number): Float64Array {
  const [x, y] = [8 + 12 * draw(), 8 + 12 * draw()];
  return Float64Array.from({ length: 784 }, (_, at) =>
    Math.max(0, 1 - ((at % 28) - x) ** 2 / 40 - (Math.floor(at / 28) - y) ** 2 / 60),
  );
}

export function sampleTraining(parts = 45, slots = 2): TrainPage {
  const draw = draws(3);
  const rows = rowsOf(parts, slots);
  const classes = ['0', '1', '2', '3', '4'];
  return {
    run: 'sample-20260102-030405-abcd',
    status: 'completed',
    endedBy: null,
    startedAt: '2026-01-02T03:04:05.678Z',
    plan: 'name: sample\nnetwork:\n  - dense: 1\n    weights: ternary\n',
    environment,
    dataset: { name: 'digits', train: 400, test: 10_000, picture: [1, 28, 28] },
    network: { file: '/home/somebody/networks/sample.onnx', parameters: 785, nonZero: 300, domain: 'ternary' },
    weights: {
      inputShape: [1, 28, 28],
      layers: [
        { kind: 'flatten' },
        {
          kind: 'dense',
          inputs: 784,
          outputs: 10,
          weights: Float64Array.from({ length: 7840 }, () => Math.round(2 * draw() - 1)),
          bias: new Float64Array(10),
        },
        { kind: 'activation', activation: 'sign' },
        {
          kind: 'dense',
          inputs: 10,
          outputs: 5,
          weights: Float64Array.from({ length: 50 }, () => Math.round(2 * draw() - 1)),
          bias: new Float64Array(5),
        },
      ],
    },
    accuracy: { train: 1, validation: 0.86, test: 0.8707 },
    objective: 1886.25,
    covers: null,
    bound: 1750.5,
    subproblems: { total: parts, optimal: 20, bySolver: 3, feasible: parts - 20, unresolved: 0, failed: 0 },
    solver: { name: 'highs' },
    seconds: { wall: 100, solver: 180, merge: 2 },
    rounds: [1, 2, 3, 4, 5, 6].map((round) => ({
      round: round - 1,
      objective: 1886.25 + 2000 / round,
      bound: 1750.5 - 400 / round,
      train: 1 - 0.3 / round,
      validation: 0.86 - 0.2 / round,
      seconds: 15 * round,
    })),
    rows,
    rowsLeftOff: 0,
    confusion: { classes, counts: classes.flatMap((_, row) => classes.map((__, at) => (at === row ? 95 : at % 3))) },
    mistakes: Array.from({ length: 24 }, (_, at) => ({
      row: 17 * at,
      known: String(at % 10),
      said: String((at + 3) % 10),
      margin: at - 24,
      pixels: blot(draw),
    })),
    errors: 1293,
    repeat: './mipnet train --plan /home/somebody/plan.yaml',
    commands: ['./mipnet evaluate /home/somebody/networks/sample.onnx --json'],
    document: { run: 'sample' },
  };
}

/** A network of a table: hidden neurons that are rules, and one that decides. */
export function sampleTable(): TrainPage {
  const names = ['age', 'job=any', 'a <very> long name of a column that wraps', 'balance'];
  const hidden = Array.from({ length: 12 }, (_, at) => ({
    name: `neuron ${at}`,
    bias: at - 6,
    terms: names.slice(0, 1 + (at % 4)).map((of, k) => ({ of, weight: k % 2 === 0 ? 1 : -1 })),
  }));
  const decides = {
    name: 'yes v no',
    bias: 0.5,
    terms: hidden.map(({ name }, at) => ({ of: name, weight: (at % 2 === 0 ? 1 : -1) * (12 - at) })),
  };
  const dense = (inputs: number, outputs: number): TrainPage['weights']['layers'][number] => ({
    kind: 'dense',
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, (_, at) => (at % 3) - 1),
    bias: new Float64Array(outputs),
  });
  const training = sampleTraining(1, 1);
  return {
    ...training,
    dataset: { name: 'table', train: 300, test: 100, reading: ['column age: 2 values are missing'] },
    weights: { inputShape: [4], layers: [dense(4, 12), { kind: 'activation', activation: 'step' }, dense(12, 1)] },
    columns: [decides, ...hidden],
    mistakes: training.mistakes.map(({ pixels: _, ...mistake }) => mistake),
  };
}

export function sampleVerification(witnesses = 6): VerifyPage {
  const draw = draws(5);
  const verdicts = ['robust', 'adversarial', 'misclassified', 'unresolved'] as const;
  return {
    run: 'verify-20260102-030405-abcd',
    status: 'completed',
    startedAt: '2026-01-02T03:04:05.678Z',
    asked: [
      ['network', '/home/somebody/net.onnx'],
      ['epsilon', '0.02'],
    ],
    environment,
    rows: Array.from({ length: 40 }, (_, at) => ({
      name: `image ${at}`,
      label: String(at % 10),
      verdict: verdicts[at % 4],
      by: at % 4 === 3 ? null : 'bounds',
      bound: at % 4 === 0 ? Infinity : at % 4 === 3 ? -0.4921 : null,
      best: at % 4 === 1 ? -1.5 : null,
      seconds: draw(),
      ...(at % 4 === 3 ? { why: '37 of 512 units undecided, 3112 nodes, 80% of the time in branching' } : {}),
    })),
    unanswered: 2,
    isOfData: true,
    witnesses: Array.from({ length: witnesses }, (_, at) => {
      const original = blot(draw);
      return {
        name: `image ${at}`,
        label: String(at % 10),
        becomes: String((at + 1) % 10),
        original,
        witness: original.map((value) => Math.min(1, Math.max(0, value + 0.04 * (draw() - 0.5)))),
        distance: 0.02,
      };
    }),
    picture: [1, 28, 28],
    certified: [0, 0.01, 0.02, 0.04].map((epsilon) => ({
      epsilon,
      certified: 0.9 - 12 * epsilon,
      attackFree: 0.9 - 6 * epsilon,
    })),
    seconds: 30,
    commands: ['./mipnet verify /home/somebody/net.onnx'],
  };
}

export function sampleSweep(settings = 24): SweepPage {
  const draw = draws(9);
  const figures = (mean: number): { mean: number; sd: number; count: number } => ({ mean, sd: mean / 50, count: 3 });
  return {
    run: 'sample-sweep-20260102-030405-abcd',
    status: 'completed',
    startedAt: '2026-01-02T03:04:05.678Z',
    name: 'heart',
    environment,
    keys: ['objective.loss', 'objective.sparsity', 'solver.workLimit', 'splits.0.batches.size'],
    rounds: ['33% of the rows', '100% of the rows'],
    folds: 5,
    settings: Array.from({ length: settings }, (_, at) => {
      const values = {
        'objective.loss': ['hinge', 'margin', 'zero-one'][at % 3],
        'objective.sparsity': String([0, 0.1, 0.5, 1][at % 4]),
        'solver.workLimit': String(100 * (1 + (at % 12))),
        'splits.0.batches.size': String([16, 32, 64][Math.floor(at / 3) % 3]),
      };
      const validation = 0.85 - 0.3 * draw() * (at / settings);
      return {
        name: Object.values(values).join(', '),
        values,
        round: at < settings / 3 ? 2 : 1,
        isChosen: at === 0,
        validation: figures(validation),
        objective: figures(100 * draw()),
        gap: figures(draw()),
        nonZero: figures(200 * draw()),
        seconds: figures(30 * draw()),
        failed: 0,
        trainings: [-1, 0, 1].map((shift) => ({ validation: validation + shift / 50, repeat: `seed=${shift + 1}` })),
      };
    }),
    networks: [
      {
        repeat: 'seed=0',
        setting: 'hinge',
        test: 0.84,
        train: 0.9,
        rows: 240,
        nonZero: 31,
        file: '/home/somebody/1.onnx',
      },
    ],
    test: figures(0.84),
    seconds: 3000,
    commands: ['./mipnet report sample-sweep-20260102-030405-abcd'],
    document: { settings },
  };
}

export function sampleComparison(runs = 4): ComparePage {
  const draw = draws(11);
  return {
    runs: Array.from({ length: runs }, (_, at) => ({
      run: `sample-2026010${at}-030405-abcd`,
      kind: 'train',
      status: 'completed',
      settings: {
        'network.0.dense': String([1, 8][at % 2]),
        'objective.loss': 'hinge',
        'dataset.seed': String(at),
        seed: '0',
        'solver.workLimit': String([100, 200][at % 2]),
      },
      test: 0.8 + 0.1 * draw(),
      validation: 0.8,
      train: 0.95,
      objective: 20 * draw(),
      bound: 1,
      gap: draw(),
      nonZero: 90,
      certified: null,
      mips: 45,
      seconds: { wall: 30, solver: 50 * draw() },
      rounds: [1, 2, 3, 4].map((round) => ({
        round: round - 1,
        objective: 20 + (10 * draw()) / round,
        bound: 5 + round,
        train: 0.9,
        validation: 0.7 + 0.02 * round * draw(),
        seconds: 5 * round,
      })),
    })),
    certified: [],
    command: './mipnet report A B',
  };
}

export const sampleLive = (): LivePage => ({
  run: 'sample-20260102-030405-abcd',
  kind: 'training',
  status: 'running',
  startedAt: '2026-01-02T03:04:05.678Z',
  writtenAt: '2026-01-02T03:05:05.678Z',
  stage: 'layer 1 of 2: 64 filters',
  seconds: 60,
  solved: 17,
  total: 45,
  inFlight: 2,
  objective: 30,
  covers: null,
  bound: 20,
  gap: 1 / 3,
  train: 0.9,
  validation: 0.8,
  verdicts: null,
  eta: null,
  trouble: null,
  points: Array.from({ length: 18 }, (_, at) => ({
    seconds: 3 * at,
    solved: at,
    objective: 60 - at,
    bound: at,
    train: at < 3 ? null : 0.5 + at / 50,
    validation: at < 3 ? null : 0.4 + at / 50,
  })),
  underWay: [
    { name: 'pair 4v9', step: 'branch and cut', objective: 10, bound: 8, nodes: 312, seconds: 12.5 },
    { name: 'pair 5v9', step: null, objective: null, bound: null, nodes: 0, seconds: 0.5 },
  ],
  commands: ['./mipnet stop sample-20260102-030405-abcd'],
  refreshSeconds: 3,
});
