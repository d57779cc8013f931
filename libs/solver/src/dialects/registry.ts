import type { Dialect } from '../solver.js';
import { cbc } from './cbc.js';
import { highs } from './highs.js';
import { cpSat } from './cp-sat.js';
import { gurobi } from './gurobi.js';
import { highsNative } from './highs-native.js';
import { scip } from './scip.js';

/** Every solver there is; a name that stands here is all that the rest needs to know. */
export const dialects = {
  highs,
  'highs-native': highsNative,
  cbc,
  scip,
  'cp-sat': cpSat,
  gurobi,
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
