// Tested by ../e2e/plan.e2e.test.ts.
import { parseSolverUrl, solverNames } from '@mipnet/solver/names';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';

// Options of several commands, and how their text becomes a value.

export const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return value;
};
export const slotCount = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give 1 or more.');
  return value;
};
export const priority = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 1 || value > 5) throw new InvalidArgumentError('Give 1 (first) to 5 (last).');
  return value;
};
export const seconds = (text: string): number => {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!parts || Number(parts[1]) === 0) throw new InvalidArgumentError('Give a time, such as 2s, 500ms or 1m.');
  return Number(parts[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[parts[2] ?? 's']!;
};
export const secondsOrNone = (text: string): number => (text === '0' ? 0 : seconds(text));
export const amount = (text: string): number => {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Give an amount, such as 0.05.');
  return Number(text);
};
export const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** Which output of an ONNX model a question is about. */
export const networkOutput = (): Option =>
  new Option('--output <name>', 'output of the model, or another value of its graph (default: the scores)');

export const slots = (): Option =>
  new Option('--slots <n>', 'MIPs solved at once')
    .argParser(slotCount)
    .default(availableParallelism(), 'the cores of this machine');
/** @throws SolverError 'unknown', which names those that there are */
const solverUrl = (text: string): string => {
  parseSolverUrl(text);
  return text;
};
/** What solves the MIPs of a run. */
export const solver = (): Option =>
  new Option(
    '--solver <name[:path]>',
    `what solves the MIPs: ${solverNames.join(', ')}; the path of its program if it is not found by itself`,
  ).argParser(solverUrl);
/** What workers have. */
export const solvers = (about: string): Option =>
  new Option('--solver <name[:path]>', `${about}; may be repeated`)
    .argParser((text: string, previous: readonly string[]) => collect(solverUrl(text), previous))
    .default([], 'highs');
export const engine = (): Option =>
  new Option(
    '--engine <name>',
    'what drives the run: a Temporal server, this process alone, or (auto) the first that is available',
  )
    .choices(['auto', 'temporal', 'local'])
    .default('auto');
export const store = (): Option =>
  new Option(
    '--store <url>',
    "object store: a folder or s3://bucket/prefix (default: $MIPNET_STORE, or a folder of mipnet's own)",
  );

/** Options that select rows instead of those that the network's file names. */
export function dataOptions(command: Command): Command {
  return command
    .option('--dataset <name>', 'as dataset.name in a plan (default: the data set that the network was trained on)')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--file <table>', 'data of your own: the file that the network was trained on, or other rows to test')
    .option('--class <column>', 'a table of your own: name or number of the class column')
    .option('--test <table>', 'a table of your own: a separate table for the test rows')
    .option('--test-fraction <share>', 'fraction of the rows held out for the test, if the data set has no test file')
    .addOption(
      new Option(
        '--split-seed <n>',
        'which rows were held out, if the data set has no test file (default: as in training)',
      ).argParser(wholeNumber),
    )
    .addOption(
      new Option('--set <key=value>', 'another key of the data set, such as dataset.header=false; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    );
}

/** What ends a command: its exit code. */
export type Finish = (code: number) => void;

/** Formats of `export`; commands/export.ts has what writes them. */
export const exportFormats = ['c'] as const;
export type ExportFormat = (typeof exportFormats)[number];
