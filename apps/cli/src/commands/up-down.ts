import { checkSolvers, defaultSolver, parseSolverUrl, solversByName } from '@mipnet/solver';
import { exitCode } from '../program/exit-code.js';
import { describeKept, down, up } from '@mipnet/stack';
import { say } from '../terminal/say.js';
import { checkStorePlace, storePlace } from '@mipnet/stack';

/** `mipnet up`: a stack that stays. */
export async function upCommand({
  store,
  slots,
  solver,
}: {
  readonly store?: string;
  readonly slots: number;
  /** URLs of the solvers that its workers have besides the default one. */
  readonly solver: readonly string[];
}): Promise<number> {
  const storeUrl = storePlace(store);
  await checkStorePlace(storeUrl);
  const solvers = [...solversByName(solver.filter((url) => parseSolverUrl(url).name !== defaultSolver)).values()];
  await checkSolvers(solvers);
  const { kept, started } = await up({ storeUrl, slots, solvers, onMessage: say });
  if (!started) say('it is up already');
  process.stdout.write(`${describeKept(kept)}\n`);
  return exitCode.done;
}

/** `mipnet down`: stops it; it is no error if nothing is running. */
export async function downCommand(): Promise<number> {
  const result = await down({ onMessage: say });
  process.stdout.write(result === 'stopped' ? 'stopped\n' : 'nothing is running\n');
  return exitCode.done;
}
