// Tested by ../e2e/encode-part.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import { writeModel } from '@mipnet/solver';
import { cellsOf, firstParts, prepareRun, readLeafData, subproblemModel, type NamedPart } from '@mipnet/training';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkIndices } from '../plan/check-indices.js';
import { planForData } from '../plan/plan-for-data.js';
import { readPlan, withSource } from '../plan/read-plan.js';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';
import { formatOf, sizeOfModel, sizeText, type ModelFileSize } from './model-file.js';

export interface EncodePartOptions {
  readonly dataset?: string;
  readonly data?: string;
  readonly set?: readonly string[];
  /** Name of the part. */
  readonly part?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What `encode PLAN.yaml --part NAME --json` prints: part of the command's contract. */
export interface EncodePartReport {
  readonly plan: string;
  readonly part: string;
  /** The model that was written. */
  readonly file: string;
  readonly size: ModelFileSize;
}

/** What `encode PLAN.yaml --json` prints: part of the command's contract. */
export interface PartNames {
  readonly plan: string;
  readonly parts: readonly string[];
}

/** Names that are printed if none is given. */
const mostNames = 200;

/**
 * `mipnet encode PLAN.yaml --part NAME --out model.mps`: one MIP of a training, as a solver gets it. Without --part it
 * prints the names.
 */
export async function encodePart(file: string, options: EncodePartOptions): Promise<number> {
  const { part: wanted, json } = options;
  if (wanted !== undefined && options.out === undefined)
    throw new CliError('bad-input', `--part ${wanted}: where to? give --out model.mps or model.lp, too`);
  const format = options.out === undefined ? undefined : formatOf(options.out);
  const choice = withSource({ plan: file, set: options.set ?? [], dataset: options.dataset, data: options.data });
  const read = await readPlan(choice);
  const { indices, start } = read;
  const { plan, dataset } = await planForData(read, choice, { say });
  if (indices !== undefined) checkIndices(indices, dataset, plan.dataset.indices);
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-encode-'));
  try {
    const store = await openAnyStore(folder);
    const { problem } = await prepareRun(plan, dataset, store, indices, start);
    const names: string[] = [];
    for await (const part of firstParts(store, problem)) {
      if (part.name === wanted) {
        const out = await checkOut(options.out!);
        refuseLarge(part);
        if (part.problem.columns)
          throw new CliError(
            'bad-input',
            `${wanted}: the leaves of columns are linear programs over neurons that are not known yet, and searches of ` +
              'a family; there is no MIP to write',
          );
        const { model, columnNames } = subproblemModel(part.problem, await readLeafData(store, part.problem));
        await writeFile(out, await writeModel(model, columnNames, format!));
        const size = sizeOfModel(model);
        const report: EncodePartReport = { plan: file, part: wanted, file: out, size };
        process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${out}: ${sizeText(size)}\n`);
        return exitCode.done;
      }
      names.push(part.name);
    }
    if (wanted !== undefined)
      throw new CliError('bad-input', `${file} has no part '${wanted}'; its parts are ${listed(names, 20).join(', ')}`);
    const all: PartNames = { plan: file, parts: names };
    process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : lines(names));
    return exitCode.done;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same limit as for a run. */
const refuseLarge = ({ name, problem }: NamedPart): void => {
  const largest = { problem, cells: cellsOf(problem) };
  const group = {
    path: name,
    count: 1,
    estimated: 0,
    optional: 0,
    cells: largest.cells,
    certainCells: largest.cells,
    largest,
    known: [],
    frozen: problem.network,
  };
  refuseTooLarge({ widest: [], groups: [group] });
};

const lines = (names: readonly string[]): string =>
  listed(names, mostNames)
    .map((name) => `${name}\n`)
    .join('');

const listed = (names: readonly string[], most: number): readonly string[] =>
  names.length <= most ? names : [...names.slice(0, most), `... (${names.length} in all)`];
