import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { drawDigits } from './draw-digits.js';
import { selectRows, type Samples } from './samples.js';
import { stratifiedRows } from './view.js';

const digits = drawDigits();

/** Share of the test images whose nearest class mean is their own class's. */
function nearestMeanAccuracy(train: Samples, test: Samples): number {
  const means = train.classes.map((_, label) => {
    const mean = new Float64Array(train.size);
    let count = 0;
    train.labels.forEach((other, row) => {
      if (other !== label) return;
      count++;
      for (let j = 0; j < train.size; j++) mean[j] += train.features[row * train.size + j];
    });
    return mean.map((sum) => sum / count);
  });
  let right = 0;
  for (let row = 0; row < test.count; row++) {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, j) => sum + (value - test.features[row * test.size + j]) ** 2, 0),
    );
    if (distances.indexOf(Math.min(...distances)) === test.labels[row]) right++;
  }
  return right / test.count;
}

test('6,000 training and 1,000 test images, as many of each class', () => {
  const { train, test } = digits;
  expect([train.count, test?.count]).toEqual([6000, 1000]);
  expect(train.inputShape).toEqual([1, 28, 28]);
  expect(train.features.length).toBe(6000 * 784);
  for (let label = 0; label < 10; label++) expect(train.labels.filter((other) => other === label).length).toBe(600);
});

test('a seed gives the same bytes; training, test and other seeds share no image', () => {
  const options = { trainPerClass: 20, testPerClass: 20, seed: 3 };
  const once = drawDigits(options);
  expect(drawDigits(options)).toEqual(once);
  const hashes = (samples: Samples | null): string[] =>
    Array.from({ length: samples!.count }, (_, row) =>
      createHash('sha256')
        .update(samples!.features.subarray(row * 784, (row + 1) * 784))
        .digest('hex'),
    );
  const all = [...hashes(once.train), ...hashes(once.test), ...hashes(drawDigits({ ...options, seed: 4 }).train)];
  expect(new Set(all).size).toBe(600);
});

test('the bytes are the same on every machine', () => {
  const { train } = drawDigits({ trainPerClass: 5, testPerClass: 1 });
  expect(createHash('sha256').update(train.features).digest('hex')).toBe(
    '25103df3cfb562136e80dd784393405ec9583dbda600c367d310fd0f85d9d0c3',
  );
});

test('paper is exactly 0 and most of the picture, ink is dark', () => {
  const { features, count, size } = digits.train;
  const share = features.filter((value) => value === 0).length / features.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.92);
  for (let row = 0; row < count; row += 100)
    expect(Math.max(...features.subarray(row * size, (row + 1) * size))).toBeGreaterThan(180);
});

test('40 per class are learnable and not trivial', () => {
  const view = selectRows(digits.train, stratifiedRows(digits.train.labels, 10, 40, 0));
  const accuracy = nearestMeanAccuracy(view, digits.test!);
  expect(accuracy).toBeGreaterThan(0.75);
  expect(accuracy).toBeLessThan(0.95);
});
