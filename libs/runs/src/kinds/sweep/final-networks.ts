// Tested by ../../../../../apps/cli/src/e2e/sweep.e2e.test.ts.
import { nonZeroCount, parameterCount } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import { getCell, type SweepProblem, type SweepResult } from '@mipnet/sweep';
import { getIncumbent, getProblem, readTraces } from '@mipnet/training';
import { join } from 'node:path';
import { readNetworkFile } from '../../records/network-file.js';
import { fileFigures } from '../training/file-figures.js';
import { writeTrained } from '../training/write-trained.js';
import { figuresOf, type SweepRun } from './sweep-runs.js';

/** A network of the last round. */
export interface FinalNetwork extends Pick<SweepRun, 'objective' | 'bound' | 'gap' | 'seconds' | 'subproblems'> {
  /** Name of the division of the data; empty if there is one. */
  readonly division: string;
  /** Name of the repeat; empty if there is one. */
  readonly name: string;
  readonly setting: number;
  readonly repeat: number;
  readonly file: string;
  readonly rows: { readonly train: number; readonly test: number };
  /** Of the file, in the ONNX runtime. */
  readonly accuracy: { readonly train: number | null; readonly test: number | null };
  readonly parameters: number;
  readonly nonZero: number;
}

export interface FinalPlaces {
  readonly run: string;
  /** mipnet's own folder. */
  readonly data: string;
  /** Where the first network was asked for. */
  readonly out?: string;
}

/** Writes the networks of the last round, and runs each file on its training and test rows. */
export async function finalNetworks(
  store: ObjectStore,
  solved: Solved,
  { sweep, result }: { readonly sweep: SweepProblem; readonly result: SweepResult },
  { run, data, out }: FinalPlaces,
): Promise<readonly FinalNetwork[]> {
  const traces = await readTraces(store, solved);
  const parts = traces.flatMap((trace) => trace.parts);
  const networks: FinalNetwork[] = [];
  for (const { setting, repeat, incumbent } of result.finals) {
    if (!incumbent) continue;
    const cell = await getCell(store, sweep.cells[setting][repeat]);
    const problem = await getProblem(store, cell.final);
    const { network } = await getIncumbent(store, incumbent);
    const number = networks.length + 1;
    const file = number === 1 && out !== undefined ? out : join(data, 'networks', `${run}-${number}.onnx`);
    const { plan, origin } = cell;
    await writeTrained(store, { network, dataset: problem.dataset, name: plan.name, origin }, { file, data });
    const read = await readNetworkFile(file);
    const { train, test } = await fileFigures(store, problem, read.bytes, read.network);
    // The last one: an earlier rung may have found the same network.
    const part = parts.findLast((each) => each?.incumbent?.sha256 === incumbent.sha256);
    const { objective, bound, gap, seconds, subproblems } = figuresOf(part);
    networks.push({
      division: sweep.divisions[sweep.repeats[repeat].division].name,
      name: sweep.repeats[repeat].name,
      setting,
      repeat,
      file,
      rows: { train: problem.view.rows.length, test: test?.rows ?? 0 },
      accuracy: { train: train?.accuracy ?? null, test: test?.accuracy ?? null },
      parameters: parameterCount(read.network),
      nonZero: nonZeroCount(read.network),
      objective,
      bound,
      gap,
      seconds,
      subproblems,
    });
  }
  return networks;
}
