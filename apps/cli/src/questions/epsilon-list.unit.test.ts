import { expect, test } from 'vitest';
import { epsilonList } from './epsilon-list.js';

const texts = (list: string): string[] => epsilonList(list).map(({ text }) => text);

test.each([
  ['0.01,0.02,0.05', ['0.01', '0.02', '0.05']],
  ['1/4, 1/2', ['0.25', '0.5']],
  ['0.1sd,0.5sd', ['0.1sd', '0.5sd']],
  ['0.1..0.3:3', ['0.1', '0.2', '0.3']],
  ['0..1:5', ['0', '0.25', '0.5', '0.75', '1']],
  ['0.5sd..1sd:2', ['0.5sd', '1sd']],
  ['0.3', ['0.3']],
])('--epsilons %s', (list, expected) => {
  expect(texts(list)).toEqual(expected);
});

test.each([
  ['0.2,0.1', 'each distance must be larger'],
  ['0.1,0.1', 'each distance must be larger'],
  ['0.1,0.2sd', 'it mixes standard deviations'],
  ['0.1..1sd:3', 'it mixes standard deviations'],
  ['0.1,near', "'near' is no distance"],
  ['', "'' is no distance"],
  ['0.1..0.2', 'it is neither a list nor FROM..TO:COUNT'],
  ['0.1..0.2:1', 'COUNT is from 2 to 1000'],
  ['0.3..0.1:3', 'each distance must be larger'],
])('--epsilons %s is refused', (list, why) => {
  expect(() => epsilonList(list)).toThrow(`--epsilons ${list}: ${why}`);
});
