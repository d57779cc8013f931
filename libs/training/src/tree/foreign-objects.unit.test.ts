import { MemoryStore, type ObjectRef } from '@mipnet/object-store';
import { openSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { smallProblem } from '../testing/small-problem.js';
import { putProblem } from '../problem/documents.js';
import { solveLeaf } from './solve-leaf.js';

// What a leaf's reference may point at: the very bytes it was made for, inside its store, and nothing else.

const problemOf = (seed: number) =>
  smallProblem({ layers: [{ outputs: 1, domain: 'ternary' }], rows: [[0], [1]], labels: [0, 1], seed }).problem;

test.each<[string, string, (own: ObjectRef, other: ObjectRef) => ObjectRef]>([
  ['the object of another run', 'damaged', (own, other) => ({ ...own, key: other.key })],
  ['an object that is longer', 'damaged', (own) => ({ ...own, bytes: own.bytes - 1 })],
  ['a key that climbs out of the store', 'refused', (own) => ({ ...own, key: '../../etc/passwd' })],
  ['an absolute path', 'refused', (own) => ({ ...own, key: '/etc/passwd' })],
  ['an object that is not there', 'missing', (own) => ({ ...own, key: 'problems/none' })],
])('%s is refused', async (_, code, change) => {
  const store = new MemoryStore();
  const [own, other] = [await putProblem(store, problemOf(0)), await putProblem(store, problemOf(1))];
  const leaf = { kind: 'train' as const, name: 'leaf', problem: change(own, other), splits: [] };
  await expect(solveLeaf(store, await openSolver(), leaf)).rejects.toMatchObject({
    name: 'ObjectStoreError',
    code,
  });
});
