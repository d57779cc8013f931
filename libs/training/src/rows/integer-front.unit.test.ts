import { forward, networkBefore, type Network } from '@mipnet/network';
import { seededRandom } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { networkOfPlan } from '../plan/network-of-plan.js';
import { parsePlan } from '../plan/parse-plan.js';
import { competitions } from './competitions.js';
import { integerFront } from './integer-front.js';

const scale = 1 / 255;

function frontOf(items: string, shape: readonly number[]): Network {
  const plan = parsePlan(`network:\n${items}\n  - {dense: 1, activation: sign}`, 'plan');
  const { network, free } = networkOfPlan(plan.network, shape);
  return networkBefore(
    network,
    free.findIndex((layer) => layer !== null),
  );
}

function images(count: number, shape: readonly number[]): Uint8Array {
  const random = seededRandom(5);
  const size = shape.reduce((product, side) => product * side, 1);
  return Uint8Array.from({ length: count * size }, () => (random.integer(3) === 0 ? 0 : random.integer(256)));
}

/** Every stored number is the forward pass's up to its rounding, and so a whole number of steps. */
function expectSame(front: Network, bytes: Uint8Array, count: number): void {
  const whole = integerFront(front, scale)!;
  const stored = whole.run(bytes, count);
  const wanted = forward(
    front,
    Float64Array.from(bytes, (byte) => byte * scale),
    count,
  );
  expect(stored).toHaveLength(wanted.length);
  let worst = 0;
  for (let at = 0; at < wanted.length; at++) worst = Math.max(worst, Math.abs(stored[at] - wanted[at] / whole.scale));
  expect(worst).toBeLessThan(1e-6);
  expect(stored.every(Number.isInteger)).toBe(true);
}

const edges = (rest: string): string => `  - {conv: 5, kernel: 3, fixed: oriented-edges, ${rest}}`;
const branching = `
${edges('pad: 1, bias: -0.5, activation: relu, name: three')}
  - {strongest: 0.5, name: few}
  - {averagePool: 3, stride: 2}
  - {flatten: true, name: a}
  - {maxPool: 2, offset: 1, from: three}
  - {flatten: true, name: b}
  - {conv: 4, kernel: 5, fixed: oriented-edges, activation: relu, from: input}
  - {strongest: 0.25}
  - {averagePool: 2}
  - {flatten: true, name: c}
  - {concat: true, from: [a, b, c]}`;

test.each([
  ['one kernel', edges('activation: relu')],
  ['a stride', edges('stride: 2, pad: 2, activation: relu')],
  ['signed responses', edges('bias: 0.5')],
  ['no convolution in front', `  - {averagePool: 2}\n${edges('activation: relu')}`],
  ['two convolutions', `${edges('activation: relu')}\n  - {averagePool: 2}\n${edges('pad: 1, activation: relu')}`],
  ['competition of all', `${edges('activation: relu')}\n  - {strongest: 1}`],
  ['branches of several grids', branching],
  ['levels', `${edges('activation: relu')}\n  - {averagePool: 4}\n  - {quantize: 16}`],
])('%s: the whole numbers are those of the forward pass', (_, items) => {
  for (const shape of [
    [1, 12, 11],
    [2, 12, 9],
  ])
    expectSame(frontOf(items, shape), images(6, shape), 6);
});

test('as narrow as the largest number that is possible', () => {
  const stored = (items: string) => integerFront(frontOf(items, [1, 12, 12]), scale)!.storedAs;
  expect(stored('  - {maxPool: 2}')).toBe('uint8');
  expect(stored(edges('activation: relu'))).toBe('uint16');
  expect(stored(`${edges('activation: relu')}\n  - {averagePool: 10}`)).toBe('float32');
  expect(stored(edges('activation: none'))).toBe('float32');
  expect(stored(`${edges('activation: relu')}\n  - {averagePool: 4}\n  - {quantize: 16}`)).toBe('uint8');
});

test('other layers, and biases on no grid, are left to the forward pass', () => {
  const of = (items: string) => integerFront(frontOf(items, [1, 12, 12]), scale);
  expect(of(edges('activation: step'))).toBeNull();
  expect(of(edges('bias: -0.123, activation: relu'))).toBeNull();
  expect(of(`${edges('activation: relu')}\n  - {strongest: 0.3}`)).toBeNull();
  // A mean of 16 pixels can lie in the middle between two eighths.
  expect(of(`${edges('activation: relu')}\n  - {averagePool: 4}\n  - {quantize: 8}`)).toBeNull();
});

test('a competition is one step, unless a layer outside reads what is inside', () => {
  const front = frontOf(`${edges('activation: relu')}\n  - {strongest: 0.5}\n  - {averagePool: 2}`, [1, 12, 12]);
  const found = competitions(front);
  expect(found.filter((one) => one === 'inside')).toHaveLength(6);
  expect(found[8]).toEqual({ source: 1, factor: 2, channels: 5 });
  const read: Network = {
    ...front,
    layers: [...front.layers.slice(0, 9), { kind: 'concat', from: [front.layers[1].name!, front.layers[5].name!] }],
  };
  expect(front.layers[5].name).toBeDefined();
  expect(competitions(read).every((one) => one === undefined)).toBe(true);
  expectSame(read, images(3, [1, 12, 12]), 3);
});
