// Tested by highs-native.int.test.ts.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Model } from '@mipnet/mip';
import type { Capabilities, Dialect } from '../solver.js';
import { findProgram, onPath } from '../child/find-program.js';
import { programSolver, type ProgramJob, type ProgramRun } from '../child/program-solver.js';
import type { News } from '../child/seen.js';
import type { Outcome } from '../child/solve-by-child.js';
import { GrowingFile } from '../child/growing-file.js';
import { solverOptions } from '../highs-run.js';
import { SolverError, type SolveStatus } from '../solve.js';
import { IncumbentBlocks, readSolution, solutionText } from './highs-solution.js';

const capabilities: Capabilities = {
  realColumns: 'exact',
  relaxation: true,
  duals: true,
  incumbents: 'points',
  // Its limits on iterations hold for one LP, not for a MIP.
  work: null,
  deterministic: true,
  sessions: false,
};

const install = 'pip install highsbox, or a package of the system';

/** The program of HiGHS: the same solver as `highs`, without the ceiling of WebAssembly. */
export const highsNative = {
  install,
  capabilities,
  async open(at, options) {
    const command = await findHighs(at);
    const env = libraryPath(command);
    const version = await promisify(execFile)(command, ['--version'], { env: { ...process.env, ...env } }).catch(
      (cause: Error) => {
        throw new SolverError('missing', `'${command}' does not run: ${cause.message.trim()}`, { cause });
      },
    );
    const [, number] = /HiGHS version (\S+)/.exec(version.stdout) ?? [];
    if (number === undefined)
      throw new SolverError('missing', `'${command}' does not say that it is HiGHS: ${install}`);
    return programSolver(
      {
        name: 'highs-native',
        title: `HiGHS ${number} (native)`,
        capabilities,
        prepare: (job) => prepare({ command, env }, job),
      },
      options,
    );
  },
} satisfies Dialect;

/** @throws SolverError 'missing' */
async function findHighs(at: string): Promise<string> {
  const variable = 'MIPNET_HIGHS';
  try {
    return findProgram(at, { names: ['highs'], variable, install });
  } catch (error) {
    const found = at || process.env[variable] ? undefined : await programOfWheel();
    if (found === undefined) throw error;
    return found;
  }
}

/** The wheel `highsbox` does not put its program on PATH; the interpreter that has it knows the place. */
async function programOfWheel(): Promise<string | undefined> {
  const python = process.env.MIPNET_PYTHON || onPath('python3', process.env);
  if (python === undefined) return undefined;
  const script = 'import highsbox; print(highsbox.highs_bin_path())';
  const place = await promisify(execFile)(python, ['-c', script])
    .then(({ stdout }) => stdout.trim())
    .catch(() => '');
  return existsSync(place) ? place : undefined;
}

/** The wheel's program looks for its library in lib64 beside it, and the wheel has it in lib. */
function libraryPath(command: string): Record<string, string> {
  const folder = resolve(dirname(command), '..', 'lib');
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  if (!['libhighs.so', 'libhighs.dylib'].some((file) => existsSync(join(folder, file)))) return {};
  return { [variable]: [folder, process.env[variable]].filter(Boolean).join(':') };
}

async function prepare(
  program: { readonly command: string; readonly env: Record<string, string> },
  { folder, modelFile, model, options }: ProgramJob,
): Promise<ProgramRun> {
  const file = (name: string): string => join(folder, name);
  const settings: Record<string, string | number | boolean> = {
    ...solverOptions(options),
    output_flag: true,
    // One slot is one core.
    threads: 1,
    parallel: 'off',
    write_solution_to_file: true,
    solution_file: file('solution'),
    mip_improving_solution_save: true,
    mip_improving_solution_file: file('incumbents'),
  };
  if (options.start) {
    await writeFile(file('start'), solutionText(model, options.start));
    settings.read_solution_file = file('start');
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  await writeFile(file('options'), lines.join(''));
  const incumbents = new IncumbentBlocks(model.columnCount);
  const growing = new GrowingFile(file('incumbents'));
  const nextPoint = (): Float64Array | undefined => incumbents.read(growing.more());
  return {
    ...program,
    args: ['--options_file', file('options'), '--model_file', modelFile],
    stopBy: 'KILL',
    // 1 is a warning: a limit that was reached, for one.
    codes: [0, 1],
    read: (line) => newsOf(line, nextPoint),
    outcome: () => outcome(model, file('solution'), nextPoint),
  };
}

/**
 * A line of the progress table: source, nodes, bounds, gap, cuts, LP iterations, time; or one of the report at the end.
 */
const progressLine =
  /^ ?(\S?)\s+(\d+)\s+\d+\s+\d+\s+[\d.]+%\s+(\S+)\s+(\S+)\s+\S+\s+\d+\s+\d+\s+\d+\s+(\d+)\s+[\d.]+s$/;
const reported = /^ {2}(Dual bound|Nodes|LP iterations) +(\S+)$/;

/** Digits of the numbers in the table of progress. */
const tableDigits = 10;

function newsOf(line: string, nextPoint: () => Float64Array | undefined): News | undefined {
  const [, source, nodes, bound, objective, work] = progressLine.exec(line) ?? [];
  if (nodes !== undefined)
    return {
      x: source === '' ? undefined : nextPoint(),
      bound: roundedDown(bound, tableDigits),
      objective: finite(objective),
      nodes: Number(nodes),
      work: Number(work),
    };
  const [, key, value] = reported.exec(line) ?? [];
  if (key === 'Dual bound') return { bound: roundedDown(value, 12) };
  if (key !== undefined) return key === 'Nodes' ? { nodes: Number(value) } : { work: Number(value) };
  return undefined;
}

/** A bound of so many significant digits, moved down by one unit of the last. */
function roundedDown(text: string, digits: number): number | undefined {
  const value = finite(text);
  return value === undefined ? undefined : value - Math.abs(value) * 10 ** (1 - digits);
}

const finite = (text: string): number | undefined => (Number.isFinite(Number(text)) ? Number(text) : undefined);

const statuses: Readonly<Record<string, SolveStatus>> = {
  Optimal: 'optimal',
  Infeasible: 'infeasible',
  Unbounded: 'unbounded',
};

async function outcome(
  model: Model,
  solutionFile: string,
  nextPoint: () => Float64Array | undefined,
): Promise<Outcome | undefined> {
  const last = nextPoint();
  // A process that was ended has not written it.
  if (!existsSync(solutionFile)) return last && { x: last };
  const { status, feasible, columns, duals } = readSolution(await readFile(solutionFile, 'utf8'), model);
  return { status: statuses[status], x: feasible ? columns : last, ...duals };
}
