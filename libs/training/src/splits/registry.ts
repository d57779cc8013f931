import { TrainingError } from '../problem/training-error.js';
import type { SplitSpec } from '../problem/split-spec.js';
import { behindFront } from './behind-front.js';
import { branches } from './branches.js';
import { columns } from './columns.js';
import { consensus } from './consensus.js';
import { hardestFirst } from './hardest-first.js';
import { layers } from './layers.js';
import { neurons } from './neurons.js';
import { pairs } from './pairs.js';
import type { Split } from './split.js';

/** All splits; plans and their schema take these and no others. */
export const splits: readonly Split[] = [pairs, hardestFirst, consensus, neurons, layers, columns, branches].map(
  behindFront,
);

/** The split of a specification. @throws TrainingError 'problem' for a name or kind that is no split */
export function splitOf({ name, kind }: SplitSpec): Split {
  const split = splits.find((candidate) => candidate.name === name && candidate.kind === kind);
  if (!split)
    throw new TrainingError(
      'problem',
      `there is no split '${nameOf(name, kind)}'; known splits ` +
        `are ${splits.map((known) => nameOf(known.name, known.kind)).join(', ')}`,
    );
  return split;
}

const nameOf = (name: string, kind: string | undefined): string => (kind === undefined ? name : `${name} (${kind})`);
