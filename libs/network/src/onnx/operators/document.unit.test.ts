import { expect, it } from 'vitest';
import { activationOperators } from './activations.js';
import { operatorsDocument } from './document.js';
import { refused } from './refused.js';
import { operators } from './table.js';

it('docs/operators.md is what the table says (npx vitest run --project unit document -u writes it)', async () => {
  await expect(operatorsDocument()).toMatchFileSnapshot('../../../../../docs/operators.md');
});

it('every operator that an activation is read from is in the table, and none that is refused', () => {
  for (const [name] of activationOperators) expect(operators.has(name), name).toBe(true);
  const names = refused.flatMap(([list]) => list.split(' '));
  expect(names.filter((name) => operators.has(name))).toEqual([]);
});
