import { combination, evaluate, scaled, violationOf, type Model } from '@mipnet/mip';
import { forward } from '@mipnet/network';
import type { SessionSolver, SolverSession } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Box } from '@mipnet/bounds';
import { conformanceCases, type ConformanceCase } from './conformance-cases.js';
import { encodeTrained, type EncodeTrainedOptions, type TrainedEncoding } from './encode-trained.js';

export { conformanceCases, type ConformanceCase } from './conformance-cases.js';

/**
 * The suite for a way of encoding trained networks, run from a test file. Needs vitest. On every case:
 *
 * - at every corner of the box and at its centre, EVERY assignment of the integer columns is tried: one at least is
 *   feasible, and each feasible one forces the outputs of the forward pass;
 * - the point that `completion` makes of an input violates no row and has the outputs of the forward pass.
 */
export function encodingConformance(
  name: string,
  options: EncodeTrainedOptions,
  loadSolver: () => Promise<SessionSolver>,
  cases: readonly ConformanceCase[] = conformanceCases,
): void {
  describe(`encoding conformance: ${name}`, () => {
    let solver: SessionSolver;
    beforeAll(async () => void (solver = await loadSolver()));
    test.each(cases)('every assignment at every corner: $name', (given) => checkAssignments(solver, given, options));
    test.each(cases)('completion is the forward pass: $name', (given) => checkCompletion(given, options));
  });
}

function checkAssignments(solver: SessionSolver, given: ConformanceCase, options: EncodeTrainedOptions): void {
  const encoding = encodeTrained(given.network, given.box, options);
  if (encoding.model.columnCount === 0) return expectConstant(given, encoding);
  const session = solver.open(encoding.model);
  for (const input of cornersAndCentre(given.box)) {
    const outputs = forward(given.network, input, 1);
    encoding.inputColumns.forEach((column, i) => column >= 0 && session.setColumnBounds(column, input[i], input[i]));
    let feasible = 0;
    for (const assignment of assignments(encoding.model)) {
      for (const [column, value] of assignment) session.setColumnBounds(column, value, value);
      const found = extremePoints(session, encoding);
      if (found === null) continue;
      feasible++;
      for (const x of found) {
        outputs.forEach((output, j) => {
          const value = evaluate(encoding.outputs[j].expression, x);
          if (!(Math.abs(value - output) < 1e-6))
            expect.fail(
              `output ${j} is ${value}, not ${output}, at [${input}] with binaries ` +
                `[${assignment.map(([, bit]) => bit)}]`,
            );
        });
      }
    }
    expect(feasible, `feasible assignments at [${input}]`).toBeGreaterThan(0);
  }
  session.close();
}

function expectConstant({ network, box }: ConformanceCase, { outputs }: TrainedEncoding): void {
  forward(network, box.lower, 1).forEach((output, j) => expect(outputs[j].expression.constant).toBeCloseTo(output, 12));
}

function checkCompletion({ network, box }: ConformanceCase, options: EncodeTrainedOptions): void {
  const encoding = encodeTrained(network, box, options);
  for (const input of cornersAndCentre(box)) expectCompletion(encoding, forward(network, input, 1), input);
}

/** The model point of an input violates no row and has these outputs. */
export function expectCompletion(
  { model, outputs, toPoint }: TrainedEncoding,
  expected: Float64Array,
  input: Float64Array,
): void {
  const x = toPoint(input);
  expect(violationOf(model, x)).toBeLessThan(1e-9);
  outputs.forEach(({ expression }, j) => {
    expect(Math.abs(evaluate(expression, x) - expected[j])).toBeLessThan(1e-9);
  });
}

/**
 * The two feasible points of the session that are furthest apart in a generic direction: if they have the same outputs,
 * all points have. Null if it is infeasible.
 */
function extremePoints(session: SolverSession, { outputs }: TrainedEncoding): Float64Array[] | null {
  const direction = combination(
    outputs.map(({ expression }) => expression),
    outputs.map((_, j) => Math.SQRT2 + Math.sin(j)),
  );
  const points: Float64Array[] = [];
  for (const side of [1, -1]) {
    session.setObjective(scaled(direction, side));
    const { status, x } = session.solve();
    if (status === 'infeasible') return null;
    if (status !== 'optimal') expect.fail(`an LP with all inputs and binaries fixed ended ${status}`);
    points.push(x as Float64Array);
  }
  return points;
}

export function* assignments(model: Model): Generator<readonly (readonly [column: number, value: number])[]> {
  const integers = Array.from(model.integer.keys()).filter((column) => model.integer[column] === 1);
  const counts = integers.map((column) => model.columnUpper[column] - model.columnLower[column] + 1);
  const total = counts.reduce((product, count) => product * count, 1);
  for (let at = 0; at < total; at++) {
    let left = at;
    yield integers.map((column, k) => {
      const value = model.columnLower[column] + (left % counts[k]);
      left = Math.floor(left / counts[k]);
      return [column, value] as const;
    });
  }
}

function* cornersAndCentre({ lower, upper }: Box): Generator<Float64Array> {
  const unknown = Array.from(lower.keys()).filter((i) => lower[i] < upper[i]);
  for (let bits = 0; bits < 2 ** unknown.length; bits++) {
    const corner = lower.slice();
    unknown.forEach((i, k) => (corner[i] = (bits >> k) & 1 ? upper[i] : lower[i]));
    yield corner;
  }
  yield lower.map((low, i) => 0.45 * low + 0.55 * upper[i]);
}
