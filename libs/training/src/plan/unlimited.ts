import type { Plan } from './plan-schema.js';

/**
 * A warning about a plan whose MIPs may run for ever, in one sentence; undefined for a plan with a limit. The other
 * parts of the budget end no MIP: they are looked at when one has ended.
 */
export function unlimitedWarning({ solver, budget }: Pick<Plan, 'solver' | 'budget'>): string | undefined {
  const { workLimit, timeLimit, gap, stopAtError } = solver;
  if (
    workLimit !== undefined ||
    timeLimit !== undefined ||
    gap > 0 ||
    stopAtError !== undefined ||
    budget.wall !== undefined
  )
    return undefined;
  return (
    'this plan has no limit: a MIP may run for ever; set solver.timeLimit=60s (or solver.workLimit, ' +
    'or budget.wall)'
  );
}
