import type { Dialect } from '../solver.js';

/** All solvers; other code uses only their names. Each is loaded when it is opened: a process uses one or two. */
export const dialects = {
  highs: async () => (await import('./highs.js')).highs,
  'highs-native': async () => (await import('./highs-native.js')).highsNative,
  cbc: async () => (await import('./cbc.js')).cbc,
  scip: async () => (await import('./scip.js')).scip,
  'cp-sat': async () => (await import('./cp-sat.js')).cpSat,
  gurobi: async () => (await import('./gurobi.js')).gurobi,
} as const satisfies Record<string, () => Promise<Dialect>>;

export type DialectName = keyof typeof dialects;
