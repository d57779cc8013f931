import type { Row } from '../measurement.js';

/** A row with what a test does not care about filled in. */
export const row = (changes: Partial<Row> = {}): Row => ({
  network: 'net',
  query: 'targeted l1',
  image: 0,
  bounds: 'crown',
  formulation: 'big-m',
  columns: 10,
  rows: 20,
  binaries: 3,
  nonZeros: 40,
  cuts: 0,
  relaxation: null,
  root: null,
  status: 'feasible',
  objective: null,
  bound: null,
  contradiction: null,
  nodes: 0,
  work: 0,
  seconds: { bounds: 0, encode: 0, relaxation: 0, solve: 0 },
  ...changes,
});
