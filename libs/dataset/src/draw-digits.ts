import { glyphs, smooth, type Point } from './digit-strokes.js';
import { seededRandom, type Random } from './random.js';
import type { LoadedDataset, Samples } from './samples.js';

/** Pixels of a side. */
const SIDE = 28;
/** Height of an undistorted digit in pixels, as in MNIST. */
const HEIGHT = 20;
const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export interface DigitsOptions {
  /** @default 600 */
  readonly trainPerClass?: number;
  /** @default 100 */
  readonly testPerClass?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * Handwriting without a download: 28 x 28 digits drawn from strokes. Each image takes one of the ways of writing its
 * digit, bends it, and draws it with its own size, slant, rotation, place, pen and ink. Easier than MNIST, but no image
 * is like another. The same seed gives the same bytes. Each part is drawn when it is first read: a command that asks
 * about test images does not wait for those of training.
 */
export function drawDigits({ trainPerClass = 600, testPerClass = 100, seed = 0 }: DigitsOptions = {}): LoadedDataset {
  let train: Samples | undefined;
  let test: Samples | undefined;
  const notes = [`digits is drawn by the program, not written by people: figures on it say nothing about MNIST`];
  return {
    name: 'digits',
    classes,
    inputShape: [1, SIDE, SIDE],
    notes,
    get train() {
      return (train ??= drawPart('train', trainPerClass, seed));
    },
    get test() {
      return (test ??= drawPart('test', testPerClass, seed));
    },
  };
}

function drawPart(part: string, perClass: number, seed: number): Samples {
  const count = perClass * classes.length;
  const size = SIDE * SIDE;
  const random = seededRandom(seed, 'digits', part);
  const labels = random.shuffle(Int32Array.from({ length: count }, (_, i) => i % classes.length));
  const features = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) drawDigit(labels[i], random, features.subarray(i * size, (i + 1) * size));
  return { name: 'digits', classes, inputShape: [1, SIDE, SIDE], count, size, features, scale: 1 / 255, labels };
}

/** Draws one digit on an empty image. */
function drawDigit(digit: number, random: Random, image: Uint8Array): void {
  const glyph = glyphs[digit][random.integer(glyphs[digit].length)];
  const bend = bending(random);
  const place = placing(random);
  const pen = 1.1 + 0.9 * random.uniform();
  const coverage = new Float64Array(image.length);
  for (const stroke of glyph) {
    const line = smooth(stroke).map((point) => place(bend(point)));
    for (let i = 0; i + 1 < line.length; i++) drawSegment(line[i], line[i + 1], pen, coverage);
  }
  const ink = 215 + 40 * random.uniform();
  for (let i = 0; i < image.length; i++) {
    // Paper stays exactly 0, as in MNIST: only pixels with ink are noisy, so that most weights of pixels near the edge
    // are unused.
    if (coverage[i] > 0) image[i] = Math.min(255, Math.max(0, Math.round(coverage[i] * (ink + 18 * random.normal()))));
  }
}

/** A smooth random bending of the box. Strokes that meet still meet after it. */
function bending(random: Random): (point: Point) => Point {
  const wave = (): ((x: number, y: number) => number) => {
    const [fx, fy, phase] = [5 * random.normal(), 5 * random.normal(), 2 * Math.PI * random.uniform()];
    const amplitude = 0.035 * random.normal();
    return (x, y) => amplitude * Math.sin(fx * x + fy * y + phase);
  };
  const [x1, x2, y1, y2] = [wave(), wave(), wave(), wave()];
  return ([x, y]) => [x + x1(x, y) + x2(x, y), y + y1(x, y) + y2(x, y)];
}

/** From the box to pixels: size, width, slant, rotation and shift. */
function placing(random: Random): (point: Point) => Point {
  const height = HEIGHT * (1 + 0.07 * random.normal());
  const width = height * (0.95 + 0.12 * random.normal());
  const slant = 0.12 + 0.2 * random.normal();
  const angle = 0.1 * random.normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cx, cy] = [SIDE / 2 + 0.9 * random.normal(), SIDE / 2 + 0.9 * random.normal()];
  return ([x, y]) => {
    const v = (y - 0.5) * height;
    const u = (x - 0.5) * width - slant * v;
    return [cx + cos * u - sin * v, cy + sin * u + cos * v];
  };
}

/**
 * Covers the pixels near a segment. A pixel's coverage falls from 1 to 0 over one pixel at the pen's edge, which is the
 * anti-aliasing; where strokes cross, the darker one counts.
 * @param pen half the stroke's width in pixels
 */
function drawSegment([x1, y1]: Point, [x2, y2]: Point, pen: number, coverage: Float64Array): void {
  const reach = pen + 0.5;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const lengthSquared = dx * dx + dy * dy || 1;
  // Surely not covered from here on, whatever the rounding: most pixels of the box need no root.
  const farSquared = reach * reach * (1 + 1e-9);
  const first = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (a: number, b: number): number => Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + reach));
  const [left, right, bottom] = [first(x1, x2), last(x1, x2), last(y1, y2)];
  for (let row = first(y1, y2); row <= bottom; row++) {
    const py = row + 0.5 - y1;
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x1;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
      const ox = px - along * dx;
      const oy = py - along * dy;
      const distanceSquared = ox * ox + oy * oy;
      if (distanceSquared > farSquared) continue;
      const covered = Math.min(1, reach - Math.sqrt(distanceSquared));
      const at = row * SIDE + column;
      if (covered > coverage[at]) coverage[at] = covered;
    }
  }
}
