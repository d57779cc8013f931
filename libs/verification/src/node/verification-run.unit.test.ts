import { fromOnnx, toOnnx } from '@mipnet/network';
import { getSealed, putDocument, putSealed } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import { openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, it } from 'vitest';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';
import { boundOutputsOf } from '../bound-outputs.js';
import { proveByMip } from '../prove-by-mip.js';
import { prepareSmallRun, run, smallImages, smallNetwork, type SmallRun } from '../testing/small-run.js';
import type { Verdict } from '../verdict.js';
import { verifyQuery } from '../verify-query.js';
import { getAnswers, putAnswers, unresolved, type Answer, type Answers } from './answer.js';
import { findVerdict } from './kept-verdicts.js';
import { classesOf } from './pass.js';
import { readQuestions } from './questions.js';
import { solveLeaf } from './solve-leaf.js';
import { getVerification } from './verification-problem.js';

const network = fromOnnx(toOnnx(smallNetwork(3)));
const samples = smallImages(network, 1, 12);
let solver: Solver;
let runtime: OnnxRuntime;
/** Each image by itself, all steps in a row. */
const alone = new Map<string, readonly Verdict[]>();

beforeAll(async () => {
  solver = await openSolver();
  runtime = await openOnnxRuntime(toOnnx(network));
  for (const goal of ['feasibility', 'closest', 'targeted'] as const) {
    const { queries } = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal });
    const verdicts: Verdict[] = [];
    for (const query of queries)
      verdicts.push(
        await verifyQuery(network, runtime, query, {
          boundOutputs: boundOutputsOf(network),
          prove: proveByMip(await solver.sessions!()),
          attack: { seed: 0 },
        }),
      );
    alone.set(goal, verdicts);
  }
});

const names = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ verdict }) => verdict);
const answersOf = async ({ store }: SmallRun, solved: Solved): Promise<Answers> => getAnswers(store, solved.incumbent!);
const verdictsOf = async (small: SmallRun, solved: Solved): Promise<Verdict[]> =>
  (await answersOf(small, solved)).map((answer) => answer!.verdict);

/** First passes that decide nothing. */
async function withoutFirstPasses(small: SmallRun, leaf: ProblemNode): Promise<Solved> {
  const document = await getVerification(small.store, leaf.problem);
  if (document.stage !== 'first pass') return solveLeaf(small.store, solver, leaf);
  const answers = (await readQuestions(small.store, document.problem, network)).map((question): Answer => ({
    name: question.name,
    label: question.label,
    verdict: unresolved,
    open: classesOf(question),
    settledBound: null,
    closed: false,
  }));
  return {
    name: leaf.name,
    incumbent: await putAnswers(small.store, answers),
    objective: null,
    bound: null,
    accuracy: { train: null, validation: null },
    leaves: { ...noLeaves, unresolved: 1 },
    seconds: { solver: 0, merge: 0 },
    stopped: false,
  };
}

describe('a verification as a tree', () => {
  it.each(['feasibility', 'closest', 'targeted'] as const)(
    'gives the verdicts that each image has by itself: %s',
    async (goal) => {
      const small = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal });
      const { solved, leaves } = await run(solver, small, { window: 3 });
      const verdicts = await verdictsOf(small, solved);
      expect(names(verdicts)).toEqual(names(alone.get(goal)!));
      if (goal === 'feasibility')
        expect(new Set(names(verdicts))).toEqual(new Set(['robust', 'adversarial', 'misclassified']));
      if (goal === 'closest')
        verdicts.forEach(({ best, bound }, at) => {
          expect(bound ?? 0).toBeLessThanOrEqual(best ?? Infinity);
          if (names(verdicts)[at] === 'adversarial') expect(best).toBeCloseTo(alone.get(goal)![at].best!, 3);
        });
      expect(solved.verdicts).toMatchObject({ unresolved: 0 });
      expect(Object.values(solved.verdicts!).reduce((sum, count) => sum + count, 0)).toBe(12);
      // Bundled: 12 questions on two slots are 6 leaves of 2.
      expect(leaves.filter(({ splits }) => splits.length === 0).length).toBeLessThanOrEqual(
        6 + (goal === 'closest' ? 24 : 0),
      );
    },
  );

  it.each([1, 100])('gives undecided questions of a first pass a long pass, with %i slots', async (slots) => {
    const small = await prepareSmallRun(
      network,
      samples,
      { norm: 'linf', epsilon: 0.15, goal: 'feasibility' },
      { slots },
    );
    const { solved, leaves } = await run(solver, small, {
      window: 2,
      solve: (leaf) => withoutFirstPasses(small, leaf),
    });
    expect(names(await verdictsOf(small, solved))).toEqual(names(alone.get('feasibility')!));
    expect(leaves.some(({ name }) => /^class \d/.test(name))).toBe(slots === 100);
  });

  it('keeps what is answered at a stop', async () => {
    const small = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal: 'feasibility' });
    let looked = 0;
    let ended = 0;
    const { solved } = await run(solver, small, {
      leaf: () => ({ stopped: () => ended >= 2, onCheckpoint: () => void looked++ }),
      stopped: () => (ended = looked) >= 2,
    });
    const answers = await answersOf(small, solved);
    const known = answers.filter((answer) => answer !== null);
    expect(solved.stopped).toBe(true);
    expect(known.length).toBeGreaterThan(0);
    expect(known.length).toBeLessThan(12);
    expect(Object.values(solved.verdicts!).reduce((sum, count) => sum + count, 0)).toBe(known.length);
    answers.forEach(
      (answer, at) => answer && expect(answer.verdict.verdict).toBe(alone.get('feasibility')![at].verdict),
    );
  });

  it('continues from the checkpoint of a lost attempt', async () => {
    const small = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal: 'feasibility' });
    const { leaves } = await run(solver, small);
    let checkpoint: object | undefined;
    const whole = await solveLeaf(small.store, solver, leaves[0], {
      onCheckpoint: (document) => (checkpoint = structuredClone(document)),
    });
    const answered = (checkpoint as { answers: object[] }).answers.length;
    let writes = 0;
    const rest = await solveLeaf(small.store, solver, leaves[0], {
      checkpoint: await putDocument(small.store, 'checkpoints', checkpoint),
      onCheckpoint: () => void writes++,
    });
    expect([answered, writes]).toEqual([1, 0]);
    expect(names(await verdictsOf(small, rest))).toEqual(names(await verdictsOf(small, whole)));
  });

  it('leaves questions without a pass unresolved, and says so in the end', async () => {
    const small = await prepareSmallRun(
      network,
      smallImages(network, 1, 2),
      { norm: 'linf', epsilon: 0.15, goal: 'feasibility' },
      { slots: 1 },
    );
    const dead = (leaf: ProblemNode): Solved => ({
      name: leaf.name,
      objective: null,
      bound: null,
      accuracy: { train: null, validation: null },
      leaves: { optimal: 0, feasible: 0, unresolved: 0, failed: 1 },
      seconds: { solver: 0, merge: 0 },
      stopped: false,
    });
    const { solved } = await run(solver, small, {
      solve: async (leaf) => (leaf.name.startsWith('image 10') ? dead(leaf) : solveLeaf(small.store, solver, leaf)),
    });
    const [lost, found] = await answersOf(small, solved);
    expect(lost).toMatchObject({
      verdict: { verdict: 'unresolved', reason: expect.stringContaining('all attempts at it failed') },
      failed: true,
    });
    expect(found?.verdict.verdict).toBe('misclassified');
    expect([solved.leaves.failed, solved.verdicts]).toEqual([
      2,
      { robust: 0, adversarial: 0, misclassified: 1, unresolved: 1 },
    ]);
  });

  it('an error in one question leaves it unresolved for that reason, and the others keep their answers', async () => {
    // A solver without a licence: an error for each question that takes a MIP.
    const message = 'the licence of the solver has expired';
    const broken: Solver = {
      ...solver,
      sessions: solver.sessions,
      name: solver.name,
      solve: () => Promise.reject(new Error(message)),
    };
    const images = smallImages(network, 1, 24);
    // Rows together on an l1 ball are for a MIP.
    const small = await prepareSmallRun(network, images, { norm: 'l1', epsilon: 0.6, goal: 'targeted' });
    const { solved } = await run(broken, small);
    const answers = (await answersOf(small, solved)).map((answer) => answer!);
    const [failed, answered] = [answers.filter((answer) => answer.failed), answers.filter((answer) => !answer.failed)];
    for (const { verdict } of failed)
      expect(verdict).toMatchObject({
        verdict: 'unresolved',
        reason: message,
      });
    expect(new Set(answered.map(({ verdict }) => verdict.verdict))).toEqual(new Set(['robust', 'adversarial']));
    expect(failed.length).toBeGreaterThan(0);
    expect(solved.verdicts).toMatchObject({ unresolved: failed.length });
  });

  it('ends the other classes when one has a witness', async () => {
    const small = await prepareSmallRun(
      network,
      samples,
      { norm: 'linf', epsilon: 0.6, goal: 'feasibility' },
      { slots: 100 },
    );
    const cut: string[] = [];
    const { solved } = await run(solver, small, {
      window: 2,
      solve: async (leaf, unneeded) => {
        const document = await getVerification(small.store, leaf.problem);
        if (document.stage === 'long pass') void unneeded.then(() => cut.push(leaf.name));
        return withoutFirstPasses(small, leaf);
      },
    });
    expect(solved.verdicts).toMatchObject({ unresolved: 0, adversarial: expect.any(Number) });
    expect(cut.length).toBeGreaterThan(0);
  });
});

describe('verdicts that an earlier run has kept', () => {
  async function kept(change: (small: SmallRun, key: string) => Promise<void> = async () => undefined) {
    const small = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal: 'feasibility' });
    await run(solver, small);
    for (const key of small.keys) await change(small, key);
    return Promise.all(
      small.keys.map((key, at) => findVerdict(small.store, key, [small.queries[at]], network, async () => runtime)),
    );
  }
  const flip = (small: SmallRun, key: string): Promise<void> =>
    small.store.read(`verdicts/${key}`).then((bytes) => {
      bytes[bytes.length >> 1] ^= 1;
      return small.store.write(`verdicts/${key}`, bytes);
    });

  it('are found again, all of them', async () => {
    expect(names((await kept()).map((verdict) => verdict!))).toEqual(names(alone.get('feasibility')!));
  });

  it('are not believed when damaged or under the name of another question', async () => {
    expect((await kept(flip)).every((verdict) => verdict === undefined)).toBe(true);
    const others = await kept(async (small, key) => {
      const next = small.keys[(small.keys.indexOf(key) + 1) % small.keys.length];
      if (key !== next) await small.store.write(`verdicts/${key}`, await small.store.read(`verdicts/${next}`));
    });
    expect(others.every((verdict) => verdict === undefined)).toBe(true);
  });

  it('are not found for another radius, goal or network', async () => {
    const small = await prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal: 'feasibility' });
    const other = smallNetwork(4);
    const runs = await Promise.all([
      prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.16, goal: 'feasibility' }),
      prepareSmallRun(network, samples, { norm: 'l1', epsilon: 0.15, goal: 'feasibility' }),
      prepareSmallRun(network, samples, { norm: 'linf', epsilon: 0.15, goal: 'targeted' }),
      prepareSmallRun(other, samples, { norm: 'linf', epsilon: 0.15, goal: 'feasibility' }),
    ]);
    const keys = [small, ...runs].flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are not believed when their witness does not survive its replay', async () => {
    const forged = await kept(async (small, key) => {
      const entry = await getSealed<{ verdict: Verdict }>(small.store, `verdicts/${key}`);
      const { witness } = entry.verdict;
      if (witness)
        await putSealed(small.store, `verdicts/${key}`, {
          ...entry,
          verdict: { ...entry.verdict, witness: { ...witness, input: new Float64Array(4).fill(2) } },
        });
    });
    alone
      .get('feasibility')!
      .forEach(({ verdict }, at) => expect(forged[at]?.verdict).toBe(verdict === 'robust' ? 'robust' : undefined));
  });
});
