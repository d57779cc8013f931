import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { forward, fromOnnx } from '@mipnet/network';
import { describe, expect, test } from 'vitest';
import type { Box } from './box.js';
import { crownBounds, linearLowerBounds } from './crown.js';
import { undecidedUnits } from './undecided.js';

const data = process.env.MIPNET_DATA;

/** The l-inf ball and the class of a property file: declarations of a box and a comment with the label. */
function readProperty(file: string): { readonly box: Box; readonly label: number } {
  const text = gunzipSync(readFileSync(file)).toString();
  const box = { lower: new Float64Array(784), upper: new Float64Array(784) };
  for (const [, relation, input, value] of text.matchAll(/\((<=|>=) X_(\d+) ([-\d.e]+)\)/g))
    box[relation === '<=' ? 'upper' : 'lower'][Number(input)] = Number(value);
  return { box, label: Number(/label: (\d)/.exec(text)?.[1]) };
}

describe.skipIf(!data)('CROWN on the 256x2 network of mnistfc (skipped unless MIPNET_DATA holds mnistfc/)', () => {
  const folder = join(data ?? '', 'mnistfc');

  test('proves easy properties, none that is violated, and leaves about a hundred neurons open', () => {
    const network = fromOnnx(readFileSync(join(folder, 'mnist-net_256x2.onnx')));
    const verdicts = new Map(
      readFileSync(join(folder, 'verdicts.csv'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(','))
        .map((row) => [row[1], row[4]]),
    );
    const proven: string[] = [];
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.vnnlib.gz'))) {
      const { box, label } = readProperty(join(folder, file));
      const bounds = crownBounds(network, box);
      const rivals = Array.from({ length: 10 }, (_, c) => c).filter((c) => c !== label);
      const forms = Float64Array.from(
        rivals.flatMap((rival) => Array.from({ length: 10 }, (_, c) => (c === label ? 1 : c === rival ? -1 : 0))),
      );
      const margins = linearLowerBounds(network, bounds, forms);
      const scores = forward(network, box.lower, 1);
      rivals.forEach((rival, r) => expect(scores[label] - scores[rival]).toBeGreaterThanOrEqual(margins[r]));
      const name = file.replace('.gz', '');
      if (margins.every((margin) => margin > 0)) proven.push(name);
      if (verdicts.get(name) === 'violated' && margins.every((margin) => margin > 0))
        expect.fail(`${name} is violated, but its bounds say robust`);
      if (name === 'prop_3_0.03.vnnlib') {
        const open = network.layers.map((_, k) => undecidedUnits(network, k, bounds).length);
        expect(open[1] + open[3]).toBeLessThanOrEqual(101);
      }
    }
    expect(proven).toContain('prop_2_0.03.vnnlib');
    expect(proven.length).toBeGreaterThanOrEqual(8);
  });
});
