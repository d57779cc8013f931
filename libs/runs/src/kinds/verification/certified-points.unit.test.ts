import type { VerdictName } from '@mipnet/verification';
import { expect, test } from 'vitest';
import { certifiedPoints } from './certified-points.js';

const run = (epsilon: number, verdicts: Record<string, VerdictName>) => ({
  epsilon,
  verdicts: new Map(Object.entries(verdicts)),
});

test('a proof counts for smaller distances, a witness for larger ones', () => {
  const points = certifiedPoints([
    run(0.1, { a: 'robust', b: 'robust', c: 'adversarial', d: 'misclassified' }),
    // Only what was robust is asked again.
    run(0.2, { a: 'robust', b: 'unresolved' }),
    run(0.4, { a: 'adversarial' }),
  ]);
  expect(points).toEqual([
    { epsilon: 0, certified: 0.75, attackFree: 0.75 },
    { epsilon: 0.1, certified: 0.5, attackFree: 0.5 },
    { epsilon: 0.2, certified: 0.25, attackFree: 0.5 },
    { epsilon: 0.4, certified: 0, attackFree: 0.25 },
  ]);
});

test('verifications of other rows say nothing', () => {
  expect(certifiedPoints([run(0.1, { a: 'robust', b: 'robust' }), run(0.3, { z: 'adversarial' })])).toHaveLength(2);
  expect(certifiedPoints([])).toEqual([]);
});
