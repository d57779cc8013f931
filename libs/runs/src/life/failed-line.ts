import { countLeaves, type Solved } from '@mipnet/recursion';

/** Longest reason of a failed subproblem, in characters: enough to distinguish causes. */
const reasonLength = 120;

/** One line that names the subproblems that failed, for stderr; undefined if none did. */
export function failedLine({ leaves, failures = [] }: Solved): string | undefined {
  const { failed } = leaves;
  if (failed === 0) return undefined;
  const total = countLeaves(leaves) + (leaves.unfinished ?? 0);
  const named = failures.map(({ name, why }) => `${name} (${why.replace(/\s+/g, ' ').slice(0, reasonLength)})`);
  const others = failed - named.length;
  const list = [
    ...named,
    ...(others > 0
      ? [`${named.length > 0 ? 'and ' : ''}${others} ${named.length > 0 ? 'more' : 'without a name'}`]
      : []),
  ].join(', ');
  return (
    `${failed} of ${total} MIPs failed and ${failed === 1 ? 'is' : 'are'} left out: ${list}; the ` +
    'result is incomplete'
  );
}
