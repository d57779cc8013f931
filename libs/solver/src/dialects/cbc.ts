// Tested by cbc.int.test.ts.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Model } from '@mipnet/mip';
import type { Capabilities, Dialect } from '../solver.js';
import { findProgram, onPath } from '../child/find-program.js';
import { programSolver, type ProgramJob, type ProgramRun } from '../child/program-solver.js';
import type { News } from '../child/seen.js';
import type { Outcome } from '../child/solve-by-child.js';
import { SolverError, type SolveOptions, type SolveStatus } from '../solve.js';

const capabilities: Capabilities = {
  realColumns: 'exact',
  relaxation: true,
  duals: false,
  // It writes its point once, at the end.
  incumbents: 'values',
  work: null,
  deterministic: true,
  sessions: false,
};

const install = "apt-get install coinor-cbc, or another package of COIN-OR's CBC";

/** COIN-OR's branch and cut. */
export const cbc = {
  install,
  capabilities,
  async open(at, options) {
    const command = findProgram(at, { names: ['cbc'], variable: 'MIPNET_CBC', install });
    const { stdout } = await promisify(execFile)(command, ['-quit']).catch((cause: Error) => {
      throw new SolverError('missing', `'${command}' does not run: ${cause.message.trim()}`, { cause });
    });
    const [, version] = /CBC MILP Solver[\s\S]*Version: (\S+)/.exec(stdout) ?? [];
    if (version === undefined) throw new SolverError('missing', `'${command}' does not say that it is CBC: ${install}`);
    const title = `CBC ${version}`;
    return programSolver({ name: 'cbc', title, capabilities, prepare: (job) => prepare(command, job) }, options);
  },
} satisfies Dialect;

async function prepare(command: string, { folder, modelFile, model, options }: ProgramJob): Promise<ProgramRun> {
  const file = (name: string): string => join(folder, name);
  if (options.start) await writeFile(file('start'), startText(options.start));
  const args = [
    modelFile,
    ...settings(options),
    ...(options.start ? ['-mipstart', file('start')] : []),
    // The status stands in the text file, all digits of the point in the binary one.
    ...['-solve', '-solution', file('solution'), '-saveSolution', file('point'), '-quit'],
  ];
  // It writes its messages in blocks of some kilobytes unless `stdbuf` changes that, which not every system has.
  const lineByLine = onPath('stdbuf', process.env);
  return {
    ...(lineByLine === undefined ? { command, args } : { command: lineByLine, args: ['-oL', command, ...args] }),
    stopBy: 'INT',
    codes: [0],
    read: newsOf,
    outcome: () => outcome(model, file('solution'), file('point')),
  };
}

function settings({ gap = 0, seed = 0, timeLimit, cutoff, presolve = true }: SolveOptions): string[] {
  return [
    ...[
      '-ratioGap',
      `${gap}`,
      '-allowableGap',
      '1e-7',
      '-increment',
      '1e-9',
      '-randomSeed',
      `${seed + 1}`,
      '-randomCbcSeed',
      `${seed + 1}`,
    ],
    ...(timeLimit === undefined ? [] : ['-timeMode', 'elapsed', '-seconds', `${timeLimit}`]),
    ...(cutoff === undefined ? [] : ['-cutoff', `${cutoff}`]),
    ...(presolve ? [] : ['-presolve', 'off', '-preprocess', 'off']),
  ];
}

/** Lines as in a solution: number, name, value, cost. */
const startText = (x: Float64Array): string =>
  `start - objective value 0\n${Array.from(x, (value, j) => `${j} c${j} ${value} 0\n`).join('')}`;

const messages: readonly { readonly pattern: RegExp; readonly news: (...found: string[]) => News }[] = [
  {
    pattern: /^Cbc0010I After (\d+) nodes, \d+ on tree, (\S+) best solution, best possible (\S+) /,
    news: (nodes, objective, bound) => ({ nodes: Number(nodes), objective: value(objective), bound: printed(bound) }),
  },
  {
    pattern: /^Cbc00(?:04|12|16)I Integer solution of (\S+) found .*after (\d+) iterations and (\d+) nodes/,
    news: (objective, work, nodes) => ({ objective: value(objective), work: Number(work), nodes: Number(nodes) }),
  },
  {
    pattern: /^Cbc0013I At root node, .* to (\S+) in \d+ passes/,
    news: (bound) => ({ bound: printed(bound) }),
  },
  {
    pattern:
      /^Cbc0005I Partial search - best objective \S+ \(best possible (\S+)\), took (\d+) iterations and (\d+) nodes/,
    news: (bound, work, nodes) => ({ bound: printed(bound), work: Number(work), nodes: Number(nodes) }),
  },
  {
    pattern: /^Cbc0001I Search completed .* took (\d+) iterations and (\d+) nodes/,
    news: (work, nodes) => ({ work: Number(work), nodes: Number(nodes) }),
  },
];

function newsOf(line: string): News | undefined {
  for (const { pattern, news } of messages) {
    const found = pattern.exec(line);
    if (found) return news(...found.slice(1));
  }
  return undefined;
}

/** 1e+50 is its infinity. */
const value = (text: string): number | undefined => (Math.abs(Number(text)) < 1e50 ? Number(text) : undefined);

/** Its messages have eight significant digits: a bound is moved down by one unit of the last. */
function printed(text: string): number | undefined {
  const bound = value(text);
  return bound === undefined ? undefined : bound - Math.abs(bound) * 1e-7;
}

const statuses: readonly (readonly [RegExp, SolveStatus | undefined])[] = [
  [/^Optimal/, 'optimal'],
  [/^(Integer i|I)nfeasible/, 'infeasible'],
  [/^Unbounded/, 'unbounded'],
  [/^Stopped/, undefined],
];

async function outcome(model: Model, solutionFile: string, pointFile: string): Promise<Outcome | undefined> {
  if (!existsSync(solutionFile)) return undefined;
  const [line] = (await readFile(solutionFile, 'utf8')).split('\n', 1);
  const found = statuses.find(([pattern]) => pattern.test(line));
  if (!found) return undefined;
  // Without an incumbent it writes the point of the relaxation.
  if (/no integer solution/.test(line) || found[1] === 'infeasible' || found[1] === 'unbounded')
    return { status: found[1] };
  return { status: found[1], x: pointOf(await readFile(pointFile), model) };
}

/** Two counts, the objective, and values and duals of the rows stand before the values of the columns. */
function pointOf(file: Buffer, model: Model): Float64Array {
  const rows = file.readInt32LE(0);
  const from = 16 + 16 * rows;
  return Float64Array.from(model.cost, (_, j) => file.readDoubleLE(from + 8 * j));
}
