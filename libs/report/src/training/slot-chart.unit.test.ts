import { expect, test } from 'vitest';
import { slotChart, stretchesOf } from './slot-chart.js';

test('solves that nothing visible separates are one bar, long ones stay apart', () => {
  const short = Array.from({ length: 1000 }, (_, at) => ({ slot: 'a', from: at / 10, to: (at + 1) / 10 }));
  const long = [
    { slot: 'b', from: 0, to: 50 },
    { slot: 'b', from: 50, to: 100 },
  ];
  const stretches = stretchesOf([...short, ...long]);
  expect(stretches.filter(({ slot }) => slot === 'b')).toHaveLength(2);
  const ofA = stretches.filter(({ slot }) => slot === 'a');
  expect(ofA.length).toBeLessThan(200);
  expect(ofA.reduce((sum, { solves }) => sum + solves, 0)).toBe(1000);
});

test('idle time is what is missing between the first and the last solve', async () => {
  const chart = await slotChart([
    { slot: 'host/1/0', from: 10, to: 20 },
    { slot: 'host/1/1', from: 10, to: 15 },
  ]);
  expect(String(chart).replace(/\s+/g, ' ')).toMatch(/2 slots were in use for 75\.0% of the time \(5 s idle\)/);
  expect(await slotChart([])).toBeNull();
});
