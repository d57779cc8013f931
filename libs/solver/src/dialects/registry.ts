import type { Dialect } from '../solver.js';
import { cbc } from './cbc.js';
import { highs } from './highs.js';
import { cpSat } from './cp-sat.js';
import { gurobi } from './gurobi.js';
import { highsNative } from './highs-native.js';
import { scip } from './scip.js';

/** All solvers; other code uses only their names. */
export const dialects = {
  highs,
  'highs-native': highsNative,
  cbc,
  scip,
  'cp-sat': cpSat,
  gurobi,
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
