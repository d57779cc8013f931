import { expect, test } from 'vitest';
import { noSweep } from './read-sweep.js';
import { changesOf, gridOf } from './settings.js';

const margin = { key: 'objectives.0.fit.margin', values: ['4', '8'] };

test('every combination, the first key changes slowest; names are as short as they can be', () => {
  const { settings, repeats } = gridOf({
    ...noSweep,
    vary: [margin, { key: 'network.1.dense', values: ['2', '3'] }, { key: 'network.2.dense', values: ['5'] }],
    repeat: [{ key: 'seed', values: ['0', '1'] }],
  });
  expect(settings.map(({ name }) => name)).toEqual([
    'margin=4, network.1.dense=2',
    'margin=4, network.1.dense=3',
    'margin=8, network.1.dense=2',
    'margin=8, network.1.dense=3',
  ]);
  expect(changesOf(settings[1])).toEqual(['objectives.0.fit.margin=4', 'network.1.dense=3', 'network.2.dense=5']);
  expect(repeats.map(({ name }) => name)).toEqual(['seed=0', 'seed=1']);
});

test('variants are one more axis', () => {
  const variants = [
    { name: 'small', set: ['network.0.dense=1'] },
    { name: 'bemi', preset: 'bemi', set: [] },
  ];
  const { settings, repeats } = gridOf({ ...noSweep, variants, vary: [margin] });
  expect(settings.map(({ name }) => name)).toEqual([
    'small, margin=4',
    'small, margin=8',
    'bemi, margin=4',
    'bemi, margin=8',
  ]);
  expect(repeats).toEqual([{ name: '', values: {} }]);
});

test('a text in quotes has a name without them', () => {
  const { settings } = gridOf({ ...noSweep, vary: [{ key: 'network.0.weights', values: ['"ternary"', '"binary"'] }] });
  expect(settings.map(({ name }) => name)).toEqual(['weights=ternary', 'weights=binary']);
});

test('a thousand settings are taken; more trainings than a round may have are refused with their number', () => {
  const many = (count: number) => [{ key: 'seed', values: Array.from({ length: count }, (_, at) => String(at)) }];
  expect(gridOf({ ...noSweep, vary: many(1_000) }).settings).toHaveLength(1_000);
  expect(() => gridOf({ ...noSweep, vary: many(10_000) })).toThrow(
    '10000 settings; one round may have 1500: vary fewer values at once',
  );
  expect(() => gridOf({ ...noSweep, vary: many(500), folds: 5 })).toThrow('500 settings x 5 folds are 2500 trainings');
});

test('nothing to sweep is refused', () => {
  expect(() => gridOf(noSweep)).toThrow('there is nothing to sweep');
});

test.each(['lin:0..1', 'log:1..10', '1...5', '0.1..0.5', '1..5:3'])(
  'one value that was meant as a range is named: %s',
  (value) => {
    const vary = [
      { key: 'seed', values: ['3'] },
      { key: 'objectives.0.fit.margin', values: [value] },
    ];
    expect(() => gridOf({ ...noSweep, vary })).toThrow(`objectives.0.fit.margin=${value} is one value and no range`);
  },
);

test.each(['../rows.csv', '4', 'pairs', '"a..b"'])('one value that is no range is not named: %s', (value) => {
  expect(() => gridOf({ ...noSweep, vary: [{ key: 'seed', values: [value] }] })).toThrow('there is nothing to sweep:');
});
