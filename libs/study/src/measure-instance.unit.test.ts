import { tightenedBounds, type BoundTightening, type ReluFormulation } from '@mipnet/encoding';
import { forward } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { distance, isUnsafe } from '@mipnet/verification';
import { beforeAll, describe, expect, test } from 'vitest';
import { disagreements } from './disagreements.js';
import { withMargins } from './instance-model.js';
import { measureInstance } from './measure-instance.js';
import type { Row } from './measurement.js';
import { contradictionOf } from './replay.js';
import { marginLinf, smallQuestion, targetedL1 } from './testing/small-study.js';
import { wallClock } from './thread-clock.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const formulations: readonly ReluFormulation[] = ['big-m', 'partition(2)', 'partition(9)', 'extended', 'convex-hull'];
const limits = { time: 60, cutRounds: 100, seed: 0 };

function measure(asked: typeof targetedL1, seed: number, tightening: BoundTightening): Row[] {
  const { network, question } = smallQuestion(asked, seed);
  const margins = withMargins(network, question);
  const bounds = tightenedBounds(solver, margins, question.query.region.box, { tightening });
  return formulations.map((formulation) => ({
    network: 'small',
    query: question.name,
    image: question.image,
    bounds: tightening,
    formulation,
    ...measureInstance(solver, { margins, question, formulation, known: { bounds, seconds: 0 } }, limits, wallClock)!,
  }));
}

describe.each([
  ['targeted', targetedL1],
  ['margin', marginLinf],
] as const)('%s', (_name, asked) => {
  test('all formulations on all bounds find one optimum, below which a grid of inputs has none', () => {
    let solved = 0;
    let tightened = 0;
    for (let seed = 0; seed < 6; seed++) {
      const rows = (['interval', 'mip'] as const).flatMap((bounds) => measure(asked, seed, bounds));
      expect(disagreements(rows)).toEqual([]);
      expect(rows.map(({ status, contradiction }) => [status, contradiction])).toEqual(
        rows.map(() => [rows[0].status, null]),
      );
      const least = leastOnGrid(asked, seed);
      if (rows[0].status === 'infeasible') expect(least).toBe(Infinity);
      else {
        expect(rows[0].objective).toBeLessThanOrEqual(least + 1e-5);
        for (const { objective } of rows) expect(objective).toBeCloseTo(rows[0].objective!, 4);
        solved++;
      }
      if (
        rows[0].relaxation !== null &&
        rows.some(({ relaxation }) => relaxation !== null && relaxation > rows[0].relaxation! + 1e-4)
      )
        tightened++;
    }
    expect(solved).toBeGreaterThan(2);
    expect(tightened).toBeGreaterThan(0);
  });

  test('relaxations are as tight as they claim: big-m <= partition <= extended = partition(all) = convex-hull', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [bigM, partition, full, extended, hull] = measure(asked, seed, 'crown').map(
        ({ relaxation }) => relaxation ?? Infinity,
      );
      expect(partition).toBeGreaterThanOrEqual(bigM - 1e-6);
      expect(extended).toBeGreaterThanOrEqual(partition - 1e-6);
      if (extended === Infinity) continue;
      expect(full).toBeCloseTo(extended, 5);
      expect(hull).toBeCloseTo(extended, 4);
    }
  });
});

/** The least value over a grid of inputs, by the forward pass. */
function leastOnGrid(asked: typeof targetedL1, seed: number): number {
  const {
    network,
    question: { query },
  } = smallQuestion(asked, seed);
  const { box, ball } = query.region;
  const margins = withMargins(network, { name: '', image: 0, query });
  let least = Infinity;
  for (let k = 0; k < 7 ** 3; k++) {
    const point = box.lower.map((low, i) => low + ((box.upper[i] - low) * (Math.floor(k / 7 ** i) % 7)) / 6);
    if (query.goal === 'any')
      least = Math.min(
        least,
        forward(margins, point, 1).reduce((most, value) => Math.max(most, value), -Infinity),
      );
    else if (isUnsafe(query.unsafe, forward(network, point, 1))) least = Math.min(least, distance(ball!, point));
  }
  return least;
}

test('sizes are those of the model that is solved, and cuts are counted among its rows', () => {
  const [bigM, , , extended, hull] = measure(targetedL1, 2, 'interval');
  expect(extended.columns).toBeGreaterThan(bigM.columns);
  expect(extended.binaries).toBe(bigM.binaries);
  expect(hull.columns).toBe(bigM.columns);
  expect(hull.rows).toBe(bigM.rows + hull.cuts);
});

test('a limit is a result, and a stop is none', () => {
  const { network, question } = smallQuestion(targetedL1, 2);
  const margins = withMargins(network, question);
  const known = {
    bounds: tightenedBounds(solver, margins, question.query.region.box, { tightening: 'interval' }),
    seconds: 0,
  };
  expect(
    measureInstance(solver, { margins, question, formulation: 'big-m', known }, { ...limits, time: 0 }, wallClock),
  ).toMatchObject({
    relaxation: null,
  });
  expect(
    measureInstance(solver, { margins, question, formulation: 'big-m', known }, limits, wallClock, () => true),
  ).toBeUndefined();
});

test('an incumbent that the forward pass refutes is a contradiction', () => {
  const { network, question } = smallQuestion(marginLinf, 2);
  const margins = withMargins(network, question);
  const bounds = tightenedBounds(solver, margins, question.query.region.box, { tightening: 'interval' });
  const centre = question.query.region.ball!.centre;
  const value = forward(margins, centre, 1)[0];
  expect(contradictionOf(margins, question, centre, value, bounds)).toBeNull();
  expect(contradictionOf(margins, question, centre, value - 0.1, bounds)).toContain('the solver says');
  expect(
    contradictionOf(
      margins,
      question,
      centre.map((pixel) => pixel + 1),
      value,
      bounds,
    ),
  ).toContain('away');
});
