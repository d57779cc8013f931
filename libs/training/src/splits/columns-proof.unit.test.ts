import { getDocument, type MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import type { ColumnsState, OpenProof, Priced, Prices } from '../columns/columns-task.js';
import { targetOf } from '../columns/whole-duals.js';
import { getIncumbent } from '../problem/documents.js';
import type { Incumbent } from '../problem/incumbent.js';
import { planOf, table, type ColumnsCase } from '../testing/columns-cases.js';
import { runPlan } from '../testing/run-plan.js';
import { columns } from './columns.js';
import type { Part, Round } from './split.js';

const usual: ColumnsCase = { seed: 2, classes: 3, weights: 3, activation: 'sign', domain: 'ternary', cost: 0.5 };

/** A round of proof at the prices of a master; the first one if nothing is said to be open. */
async function proofRound(workLimit: number, asked = usual): Promise<Round & { readonly target: number }> {
  const plan = `${planOf(asked, ', rounds: 1').replace('parts: 3', 'parts: 2')}solver: {workLimit: ${workLimit}}\n`;
  const { store, problem, solved } = await runPlan(plan, table(asked));
  const incumbent = await getIncumbent(store, solved.incumbent!);
  const target = targetOf(await getDocument<Prices>(store, incumbent.columns!.own));
  const [spec] = problem.splits;
  const first: Round = {
    problem,
    spec: { ...spec, rounds: 100 },
    state: { round: 5 },
    current: withNext(incumbent, { kind: 'proof', prices: 'own' }),
    store: store as MemoryStore,
  };
  return { ...first, target };
}

const withNext = (incumbent: Incumbent, next: ColumnsState['next']): Incumbent => ({
  ...incumbent,
  bound: 0,
  status: 'feasible',
  columns: { ...incumbent.columns!, next },
});

const partOf = (priced: Pick<Priced, 'class' | 'bound' | 'boundBy'>): Part =>
  ({ incumbent: { priced: { ...priced, neurons: [] } } }) as unknown as Part;

const openOf = (incumbent: Incumbent | null): OpenProof | undefined => {
  const next = incumbent!.columns!.next;
  return next.kind === 'proof' ? next.open : undefined;
};

const rangesOf = (open: OpenProof | undefined): string[] =>
  open!.parts.map(({ class: of, part }) => `${of}: ${part.from}-${part.to}`);

test('what a proof leaves open is divided, as far as it can be; the rest keeps its bound', async () => {
  const { target, ...round } = await proofRound(5);
  const asked = await columns.divide(round);
  const tasks = asked.map(({ columns: task }) => task as { class: number; part: { from: number; to: number } });
  expect(tasks.map(({ class: of, part }) => `${of}: ${part.from}-${part.to}`)).toEqual(['0: 0-4', '1: 0-4', '2: 0-4']);

  const first = await columns.merge(round, [
    partOf({ class: 0, bound: target - 1, boundBy: 'branch and cut' }),
    partOf({ class: 1, bound: 3 * target, boundBy: 'trivial' }),
    partOf({ class: 2, bound: target, boundBy: 'enumeration' }),
  ]);
  const open = openOf(first.incumbent);
  expect([first.again, open!.closed, open!.bySolver]).toEqual([true, target, true]);
  expect(rangesOf(open)).toEqual(['1: 0-1', '1: 1-4']);

  const second = { ...round, state: { round: 6 }, current: first.incumbent! };
  expect(await columns.divide(second)).toHaveLength(2);
  const divided = await columns.merge(second, [
    partOf({ class: 1, bound: 2 * target, boundBy: 'trivial' }),
    partOf({ class: 1, bound: 2 * target, boundBy: 'trivial' }),
  ]);
  // One first input cannot be divided.
  expect([openOf(divided.incumbent)!.closed, ...rangesOf(openOf(divided.incumbent))]).toEqual([
    2 * target,
    '1: 1-2',
    '1: 2-4',
  ]);

  const last = await columns.merge(second, [
    partOf({ class: 1, bound: 0, boundBy: 'enumeration' }),
    partOf({ class: 1, bound: target, boundBy: 'enumeration' }),
  ]);
  expect(last.incumbent!.columns!.next.kind).toBe('end');
  expect(last.incumbent!.bound).toBeGreaterThan(0);
  expect(last.incumbent!.stages.at(-1)!.boundBy).toBe('branch and cut');
});

test('without effort for proofs, and if every open part has one first input, the run ends', async () => {
  const open = [0, 1, 2].map((of) => partOf({ class: of, bound: Infinity, boundBy: 'trivial' }));
  const { target: _, ...without } = await proofRound(0);
  expect((await columns.merge(without, open)).again).toBe(false);
  const { target, ...round } = await proofRound(5);
  const parts = [{ class: 1, part: { from: 0, to: 1 } }];
  const single = withNext(round.current!, {
    kind: 'proof',
    prices: 'own',
    open: { parts, closed: target, bySolver: false },
  });
  expect((await columns.merge({ ...round, current: single }, open.slice(1, 2))).again).toBe(false);
});
