import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { imageUrl, pictureShape, signedUrl } from './pixels.js';

const pixelsOf = (url: string): number[] => [...PNG.sync.read(Buffer.from(url.split(',')[1], 'base64')).data];

test('an image has rows and columns, or is a flat vector of a square one', () => {
  expect(pictureShape([1, 28, 28])).toEqual([1, 28, 28]);
  expect(pictureShape([3, 8, 9])).toEqual([3, 8, 9]);
  expect(pictureShape([8, 9])).toEqual([1, 8, 9]);
  expect(pictureShape([784])).toEqual([1, 28, 28]);
  // The columns of a table are few, and those of 4 x 4 are no picture that anybody can read.
  for (const none of [[30], [16], [2, 4, 4], [1, 1, 9], [1, 1, 28, 28]]) expect(pictureShape(none)).toBeUndefined();
});

test('grey and colour images are themselves', () => {
  expect(pixelsOf(imageUrl([0, 1, 0.5, 2], [1, 2, 2]))).toEqual(
    [0, 255, 128, 255].flatMap((grey) => [grey, grey, grey, 255]),
  );
  expect(pixelsOf(imageUrl([1, 0, 0], [3, 1, 1]))).toEqual([255, 0, 0, 255]);
});

test('signed numbers are as full as they are large', () => {
  const [plus, minus, zero] = [0, 4, 8].map((at) => pixelsOf(signedUrl([2, -1, 0], 1, 3, 2)).slice(at, at + 4));
  expect([plus[3], minus[3], zero[3]]).toEqual([255, 128, 0]);
  expect(plus[2]).toBeGreaterThan(plus[0]);
  expect(minus[0]).toBeGreaterThan(minus[2]);
});
