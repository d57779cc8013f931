import { expect, test } from 'vitest';
import { openText, whyOpen } from './why-open.js';

const effort = {
  seconds: { 'forward pass': 0.5, bounds: 0.5, branching: 8, mip: 1 },
  nodes: 3112,
  units: [
    { layer: 0, undecided: 30, of: 256 },
    { layer: 2, undecided: 7, of: 256 },
  ],
} as const;

test('sums the units of the layers and names the step that took most of the time', () => {
  expect(whyOpen({ effort })).toEqual({
    undecided: 37,
    units: 512,
    layers: effort.units,
    nodes: 3112,
    seconds: effort.seconds,
    most: { step: 'branching', share: 0.8 },
  });
  expect(whyOpen({})).toBeNull();
  expect(whyOpen({ effort: { seconds: {}, nodes: 0, units: [] } })).toMatchObject({ most: null, units: 0 });
});

const asked = { bound: -0.02, reason: null, hasEpsilon: true };

test('one line says what is open and what to try next', () => {
  const why = whyOpen({ effort })!;
  expect(openText(why, asked)).toBe(
    'open: 37 of 512 units undecided, bound -0.02000, 3,112 nodes, 80% of the time in branching; ' +
      'try a longer --time-limit, or a smaller --epsilon',
  );
  expect(openText({ ...why, undecided: 400 }, { ...asked, hasEpsilon: false })).toMatch(
    /400 of 512 .* try a longer --time-limit, or smaller bounds of the inputs$/,
  );
});

test('a reason other than the time says itself what is wrong', () => {
  const why = whyOpen({ effort: { ...effort, nodes: 0, units: [], seconds: { lp: 1 } } })!;
  expect(openText(why, { ...asked, bound: null, reason: 'rounding decides' })).toBe(
    'open: no bound, 100% of the time in LP bounds',
  );
});
