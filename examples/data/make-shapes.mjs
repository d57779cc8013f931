// Writes a folder of invented pictures for the tutorial "your own images":
//
//     node examples/data/make-shapes.mjs FOLDER
//
// FOLDER/train/{circle,cross,square}/*.png 60 of each, FOLDER/test/... 40 of each; 20 x 20 pixels, 8-bit grey

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';

const folder = process.argv[2];
if (folder === undefined || folder.startsWith('-')) {
  console.error('usage: node examples/data/make-shapes.mjs FOLDER');
  process.exit(2);
}

const side = 20;
let state = 2_402_066;
/** From 0 to 1; the same numbers on every machine. */
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

/** How far a point is from the outline of a shape of radius r around the origin. */
const distances = {
  circle: (x, y, r) => Math.abs(Math.hypot(x, y) - r),
  cross: (x, y, r) =>
    Math.max(Math.abs(x), Math.abs(y)) > r ? 9 : Math.min(Math.abs(x - y), Math.abs(x + y)) / Math.SQRT2,
  square: (x, y, r) => Math.abs(Math.max(Math.abs(x), Math.abs(y)) - r),
};

function picture(shape) {
  const [left, top] = [random(), random()].map((value) => side / 2 + 4 * (value - 0.5));
  const radius = 4.5 + 3 * random();
  const tilt = 0.5 * (random() - 0.5);
  const png = new PNG({ width: side, height: side, colorType: 0, inputColorType: 0, inputHasAlpha: false });
  png.data = Buffer.alloc(side * side);
  for (let at = 0; at < side * side; at++) {
    const [x, y] = [(at % side) - left, Math.floor(at / side) - top];
    const [u, v] = [x * Math.cos(tilt) + y * Math.sin(tilt), y * Math.cos(tilt) - x * Math.sin(tilt)];
    const ink = 255 * Math.max(0, Math.min(1, 1.6 - distances[shape](u, v, radius)));
    png.data[at] = Math.max(0, Math.min(255, Math.round(ink + 90 * (random() - 0.5))));
  }
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}

for (const [part, count] of [
  ['train', 60],
  ['test', 40],
])
  for (const shape of Object.keys(distances)) {
    mkdirSync(join(folder, part, shape), { recursive: true });
    for (let k = 0; k < count; k++)
      writeFileSync(join(folder, part, shape, `${String(k).padStart(3, '0')}.png`), picture(shape));
  }
