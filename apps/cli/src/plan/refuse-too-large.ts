import { noLeaves, type Solved } from '@mipnet/recursion';
import { productsOf, type Division, type TreeOutline } from '@mipnet/training';
import { costOfDivision, refusalOf, type DivisionCost } from '@mipnet/workflows/plain';
import { CliError } from '../program/cli-error.js';

/** Largest number for one MIP; at ten times as many the encoder takes 5 GB. */
const mostProducts = 2 ** 25;

/**
 * Refuses a plan that would exceed a limit of the Temporal server or the memory of a worker, before anything is
 * started.
 * @throws CliError 'bad-input' that says what to change
 */
export function refuseTooLarge({ widest, groups }: Pick<TreeOutline, 'widest' | 'groups'>): void {
  for (const {
    path,
    largest: { problem, cells },
  } of groups) {
    const products = productsOf(problem, cells);
    if (products <= mostProducts) continue;
    throw new CliError(
      'bad-input',
      `${path}: one MIP would have ${products.toLocaleString('en-US')} products of a weight and an input ` +
        `of a sample; at most ${mostProducts.toLocaleString('en-US')} are supported: ` +
        'make network.*.dense smaller, take fewer samples (dataset.perClass), or add splits',
    );
  }
  for (const division of widest) {
    const refusal = refusalOf(division.name, division.parts, costOf(division));
    if (refusal !== undefined) throw new CliError('bad-input', refusal);
  }
}

/** What a division costs a Temporal server. */
export const costOf = ({ name, parts, leaves }: Division): DivisionCost =>
  costOfDivision(parts, leaves, bytesOfResult(name));

/** The JSON of a part's result, as a merge gets it; names of parts are about as long as those of their nodes. */
function bytesOfResult(name: string): number {
  const ref = { key: `incumbents/${'0'.repeat(64)}`, sha256: '0'.repeat(64), bytes: 1_000_000 };
  const third = 1 / 3;
  const solved: Solved = {
    name: `${name}, part 1234`,
    incumbent: ref,
    objective: 1000 * third,
    bound: 999 * third,
    accuracy: { train: third, validation: third },
    leaves: { ...noLeaves, feasible: 1000, reused: 1000 },
    seconds: { solver: 1000 * third, merge: third },
    solvers: ['HiGHS 1.15.1 (WASM)'],
    stopped: false,
  };
  return JSON.stringify(solved).length + 1;
}
