// What solvers can do, without opening one: this entry loads all of them.
import { cbc } from './dialects/cbc.js';
import { cpSat } from './dialects/cp-sat.js';
import { gurobi } from './dialects/gurobi.js';
import { highsNative } from './dialects/highs-native.js';
import { highs } from './dialects/highs.js';
import type { DialectName } from './dialects/registry.js';
import { scip } from './dialects/scip.js';
import type { Capabilities, Dialect } from './solver.js';

const all: Readonly<Record<DialectName, Dialect>> = {
  highs,
  'highs-native': highsNative,
  cbc,
  scip,
  'cp-sat': cpSat,
  gurobi,
};

export const capabilitiesOf = (name: DialectName): Capabilities => all[name].capabilities;
export { highsCapabilities } from './dialects/highs.js';
