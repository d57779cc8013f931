import { filledOf, type Samples } from '@mipnet/dataset';
import { toOnnx, type Network } from '@mipnet/network';
import { MemoryStore, putDocument } from '@mipnet/object-store';
import { imageQuery, keyOfVerdict, prepareVerification, putModel, type InputMoves } from '@mipnet/verification';
import { expect, test } from 'vitest';
import { certifiedCurve, certifiedCurves, type EndedVerification } from './asked-distances.js';

const network: Network = {
  inputShape: [2],
  layers: [{ kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 0, 1), bias: new Float64Array(2) }],
};
const store = new MemoryStore();

/** A verification of two rows that has ended: the first is robust, the second is not. */
async function ended(values: readonly number[], epsilon: number, moves?: InputMoves): Promise<EndedVerification> {
  const samples: Samples = {
    name: 'rows',
    classes: ['a', 'b'],
    inputShape: [2],
    count: 2,
    size: 2,
    features: Float64Array.from(values),
    scale: 1,
    labels: Int32Array.of(0, 1),
  };
  const ball = { epsilon, norm: 'linf', goal: 'feasibility', ties: 'unsafe', ...(moves && { moves }) } as const;
  const model = await putModel(store, toOnnx(network));
  const filled = filledOf(samples);
  const keys = [0, 1].map((row) =>
    keyOfVerdict(model, [imageQuery(network, ball, filled.subarray(2 * row, 2 * row + 2), row)]),
  );
  const images = Int32Array.of(0, 1);
  const { problem } = await prepareVerification(store, {
    name: 'verify',
    network,
    model,
    timeLimit: 1,
    slots: 1,
    questions: { kind: 'images', noun: 'row', ...ball, images, keys, samples },
  });
  const answers = ['robust', 'adversarial'].map((verdict, row) => ({ name: `row ${row}`, verdict: { verdict } }));
  const solved = { incumbent: await putDocument(store, 'answers', answers) };
  return { problem, solved } as unknown as EndedVerification;
}

const rows = [0.9, 0.1, 0.1, 0.9];
const moving = (...reach: readonly number[]): InputMoves => ({
  reach: Float64Array.from(reach),
  whole: new Uint8Array(2),
  groups: [],
});
const distances = (points: readonly { readonly epsilon: number }[]): number[] => points.map(({ epsilon }) => epsilon);

test('a curve has the distances of one ball about the same rows', async () => {
  const own = await ended(rows, 0.1);
  expect(distances(await certifiedCurve(store, own, [await ended(rows, 0.2)]))).toEqual([0, 0.1, 0.2]);
  // Row 0 of other data is another row.
  expect(distances(await certifiedCurve(store, own, [await ended([0.8, 0.1, 0.1, 0.8], 0.2)]))).toEqual([0, 0.1]);
});

test('0.1sd and 0.2sd are distances of one ball; income=300,age=1 is another one', async () => {
  const own = await ended(rows, 0.1, moving(0.3, 0.05));
  expect(distances(await certifiedCurve(store, own, [await ended(rows, 0.2, moving(0.6, 0.1))]))).toEqual([
    0, 0.1, 0.2,
  ]);
  const other = await ended(rows, 1, moving(0.2, 0.3));
  expect(distances(await certifiedCurve(store, own, [other]))).toEqual([0, 0.1]);
  const further = await ended(rows, 0.2, moving(0.6, 0.1));
  expect(distances(await certifiedCurves(store, [other, own, further]))).toEqual([0, 0.1, 0.2]);
});
