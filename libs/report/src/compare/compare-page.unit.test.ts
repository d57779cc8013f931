import { expect, test } from 'vitest';
import { sampleComparison } from '../testing/sample-pages.js';
import { comparePage } from './compare-page.js';
import { groupsOf } from './run-groups.js';

test('runs that differ in their seeds alone are a group with mean and standard deviation', () => {
  const [run] = sampleComparison(1).runs;
  const like = (settings: Record<string, string>, test: number): typeof run => ({ ...run, settings, test });
  const groups = groupsOf([
    like({ 'network.0.dense': '1', seed: '0' }, 0.8),
    like({ 'network.0.dense': '1', seed: '1' }, 0.9),
    like({ 'network.0.dense': '8', seed: '0' }, 0.7),
  ]);
  expect(groups.map(({ name, test: figures }) => [name, figures?.count])).toEqual([
    ['dense=1', 2],
    ['dense=8', 1],
  ]);
  expect(groups[0].test?.mean).toBeCloseTo(0.85, 9);
  expect(groups[0].test?.sd).toBeCloseTo(Math.sqrt(0.005), 9);
  expect(groups[0].keys).toEqual(['network.0.dense', 'seed']);
});

test('a comparison shows the settings that differ, and no others, with curves and parallel coordinates', async () => {
  const page = await comparePage(sampleComparison());
  expect(page).toContain('>solver.workLimit<');
  expect(page).not.toContain('objective.loss');
  for (const title of ['Mean and spread', 'Objective over time', 'Parallel coordinates of 4 settings'])
    expect(page).toContain(title);
  expect(page.replace(/<script>[^]*<\/script>/, '')).not.toMatch(/undefined|NaN|\[object/);
});
