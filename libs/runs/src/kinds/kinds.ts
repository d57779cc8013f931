import { plainLine } from '@mipnet/text';
import { UnreadableRunError } from '../run-error.js';
import type { RunKind } from './kind.js';
import { sweep } from './sweep/sweep.js';
import { training } from './training/training.js';
import { verification } from './verification/verification.js';

const kinds: Readonly<Record<string, RunKind>> = { train: training, verify: verification, sweep };

/** Also the types of workflows that are runs. */
export const kindNames: readonly string[] = Object.keys(kinds);

/**
 * The only place that looks up a kind by its name.
 * @throws UnreadableRunError 'bad-input' for a kind of another version
 */
export function kindOf(name: string, run: string): RunKind {
  if (Object.hasOwn(kinds, name)) return kinds[name];
  throw new UnreadableRunError(
    'bad-input',
    `${run} has the kind '${plainLine(name)}', which this version of mipnet does not have`,
  );
}
