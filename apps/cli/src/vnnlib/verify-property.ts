// Tested by ../e2e/vnnlib.e2e.test.ts.
import { readModelFile } from '@mipnet/runs/here';
import {
  answerProperty,
  modelOf,
  networksOf,
  readVnnlib,
  type Verdict,
  type VnnlibProperty,
} from '@mipnet/verification';
import { writeFile } from 'node:fs/promises';
import { CliError } from '../program/cli-error.js';
import { assignment, counterexample } from './assignment.js';

export interface PropertyOptions {
  /** Each NAME=FILE, or FILE alone if the property is about one network. */
  readonly network: readonly string[];
  /** Seconds, this program's start included. */
  readonly timeout: number;
  /** File for the result as the competition reads it. */
  readonly results?: string;
}

/** Seconds that writing the answer takes, on a busy machine. */
const reserve = 0.2;

/**
 * What `mipnet-vnnlib verify` prints: `sat` with a witness, `unsat`, `unknown` or `timed-out`.
 * @throws CliError 'bad-input', VerificationError, NetworkError
 */
export async function verifyProperty(file: string, options: PropertyOptions): Promise<string> {
  const property = await readVnnlib(file);
  const files = filesOf(property, options.network, file);
  const models = new Map(
    await Promise.all(
      [...files].map(async ([network, path]) => [network, { file: path, bytes: await readModelFile(path) }] as const),
    ),
  );
  const model = modelOf(property, (network) => models.get(network)!);
  // Counted from the start of the process, as the caller counts.
  const remaining = (): number => options.timeout - performance.now() / 1000;
  const verdict = await answerProperty(model, property, { seconds: remaining() - reserve });
  const result = resultOf(verdict, remaining() <= reserve);
  const { witness } = verdict;
  const shown =
    result !== 'sat' || witness === undefined
      ? ''
      : property.networks === undefined
        ? counterexample(property, witness)
        : assignment(property, witness);
  if (options.results !== undefined) await writeResults(options.results, property, verdict, result);
  return `${result}\n${shown}`;
}

type Result = 'sat' | 'unsat' | 'unknown' | 'timed-out';

function resultOf({ verdict }: Verdict, isLate: boolean): Result {
  if (verdict === 'robust') return 'unsat';
  if (verdict !== 'unresolved') return 'sat';
  return isLate ? 'timed-out' : 'unknown';
}

/** The competition says `timeout` where the standard says `timed-out`. */
async function writeResults(
  path: string,
  property: VnnlibProperty,
  { witness }: Verdict,
  result: Result,
): Promise<void> {
  const shown = result === 'sat' && witness !== undefined ? counterexample(property, witness) : '';
  await writeFile(path, `${result === 'timed-out' ? 'timeout' : result}\n${shown}`).catch((cause: Error) => {
    throw new CliError('failed', `--results ${path} could not be written: ${cause.message}`, { cause });
  });
}

/** The file of each network that needs one. @throws CliError 'bad-input' if one is missing, or one too many */
function filesOf(
  property: VnnlibProperty,
  given: readonly string[],
  file: string,
): ReadonlyMap<string | undefined, string> {
  const needed = networksOf(property);
  const [only] = needed;
  const files = new Map<string | undefined, string>();
  for (const one of given) {
    const [, name, path] = /^([A-Za-z]\w*)=(.+)$/s.exec(one) ?? [undefined, undefined, one];
    // Version 1.0 has no names: whatever stands before the file is ignored.
    const network = name === undefined || property.networks === undefined ? only : name;
    if (!needed.includes(network))
      throw new CliError(
        'bad-input',
        `${file} needs no file for the network ${network}; it declares ${listed(needed)}`,
      );
    if (files.has(network))
      throw new CliError('bad-input', `--network names two files for ${network ?? 'the network'}`);
    if (name === undefined && needed.length > 1)
      throw new CliError('bad-input', `--network ${one}: give NAME=FILE; ${file} declares ${listed(needed)}`);
    files.set(network, path);
  }
  const missing = needed.filter((network) => !files.has(network));
  if (missing.length > 0)
    throw new CliError(
      'bad-input',
      `${file} needs a file for ${listed(missing)}: give ${missing.map((name) => `--network ${name ?? 'N'}=NET.onnx`).join(' ')}`,
    );
  return files;
}

const listed = (names: readonly (string | undefined)[]): string =>
  names.map((name) => (name === undefined ? 'its network' : `the network ${name}`)).join(', ');
