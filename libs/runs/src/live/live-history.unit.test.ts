import type { Progress } from '@mipnet/workflows';
import { expect, test } from 'vitest';
import { LiveHistory } from './live-history.js';

const progress = (solved: number, more: Partial<Progress> = {}): Progress =>
  ({
    solved,
    objective: 100 - solved,
    bound: solved,
    accuracy: { train: null, validation: 0.5 },
    ...more,
  }) as Progress;

test('a day of progress is a limited number of points over the whole day', () => {
  const history = new LiveHistory(0);
  for (let second = 0; second < 86_400; second++) history.add(progress(second), second * 1000);
  const { points } = history;
  expect(points.length).toBeGreaterThan(100);
  expect(points.length).toBeLessThanOrEqual(300);
  expect(points.at(-1)).toMatchObject({ seconds: 86_399, solved: 86_399, validation: 0.5 });
  expect(Math.max(...points.slice(1).map(({ seconds }, at) => seconds - points[at].seconds))).toBeLessThan(2000);
});

test('an objective of some parts makes no curve', () => {
  const history = new LiveHistory(0);
  history.add(progress(1, { covers: { parts: 1, of: 45, what: 'pairs' } }), 1000);
  expect(history.points).toMatchObject([{ objective: null, bound: null, solved: 1 }]);
});
