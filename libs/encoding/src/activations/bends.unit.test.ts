import { activations, applied, isContinuous, piecesOf, type Activation, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { between, randomNumbers } from '@mipnet/bounds/testing/random-trained';
import { encodeTrained } from '../encode-trained.js';

const drawn = Object.entries(activations).flatMap(([name, kind]) => {
  const random = randomNumbers(3);
  return Array.from({ length: 5 }, (_, seed): [string, number, Activation] => [name, seed, kind.draw(random)]).filter(
    ([, , activation]) => isContinuous(piecesOf(activation)),
  );
});

describe.each(drawn)('bends of %s, instance %i', (_, seed, activation) => {
  let solver: SessionSolver;
  beforeAll(async () => void (solver = await loadHighsSolver()));

  /** The convex hull of a piecewise linear function has its corners at the ends and at the breaks. */
  test('the relaxation is the convex hull for one input', () => {
    const random = randomNumbers(seed);
    const { breaks } = piecesOf(activation);
    for (let k = 0; k < 20; k++) {
      const [low, high] = [between(random, -3, 0.2), between(random, 0.3, 3)];
      const network: Network = { inputShape: [1], layers: [activation] };
      const encoding = encodeTrained(network, { lower: Float64Array.of(low), upper: Float64Array.of(high) });
      const [{ expression }] = encoding.outputs;
      const [a, b] = [between(random, -1, 1), between(random, -1, 1)];
      const cost = new Float64Array(encoding.model.columnCount);
      cost[encoding.inputColumns[0]] += a;
      for (let e = 0; e < expression.columns.length; e++) cost[expression.columns[e]] += b * expression.values[e];
      const session = solver.open({ ...encoding.model, cost, offset: b * expression.constant });
      const { objective } = session.solve();
      session.close();
      const corners = [low, high, ...breaks.map(({ at }) => at).filter((at) => at > low && at < high)];
      expect(objective).toBeCloseTo(Math.min(...corners.map((x) => a * x + b * applied(activation)(x))), 7);
    }
  });
});
