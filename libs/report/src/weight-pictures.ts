// Tested by train-page.unit.test.ts.
import { isAffine, networkBefore, networkShapes, type AffineLayer, type Network } from '@mipnet/network';
import { PNG } from 'pngjs';
import { html, type Html } from './html.js';
import { colours } from './style.js';

/** Most pictures on a page. */
const most = 100;

/** Larger kernels and images than this have one pixel per weight; smaller ones are drawn larger. */
const side = 84;

/**
 * The weights of the first layer that has any: one picture per neuron in the shape of the input image, or one per
 * filter. Blue is positive, orange negative, zero see-through. Null if the inputs are no image.
 * @param names of the neurons, if they have any
 */
export function weightPictures(network: Network, names: readonly string[] = []): Html | null {
  const index = network.layers.findIndex(isAffine);
  const layer = network.layers[index] as AffineLayer | undefined;
  const shape = layer && pictureShape(network, index, layer);
  if (!layer || !shape) return null;
  const count = layer.kind === 'dense' ? layer.outputs : layer.outputChannels;
  const size = layer.weights.length / count;
  const largest = layer.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const figures = Array.from({ length: Math.min(count, most) }, (_, neuron) => {
    const name = names[neuron] ?? `${layer.kind === 'dense' ? 'neuron' : 'filter'} ${neuron}`;
    // Of several input channels, the first.
    const weights = layer.weights.subarray(neuron * size, neuron * size + shape[0] * shape[1]);
    return html`<figure>
      <img alt="weights of ${name}" src="data:image/png;base64,${pngOf(weights, shape, largest)}" />
      <figcaption>${name}</figcaption>
    </figure>`;
  });
  return html`<div class="pictures">${figures}</div>
    <p class="key soft">
      <span class="swatch" style="background:rgb(${colours.plus.join(' ')})"></span>positive<span
        class="swatch"
        style="background:rgb(${colours.minus.join(' ')})"
      ></span
      >negative${count > most ? html` · the first ${most} of ${count}` : ''}
    </p>`;
}

/** Rows and columns of one picture: the kernel of a convolution, or the image that a dense layer sees. */
function pictureShape(network: Network, index: number, layer: AffineLayer): readonly [number, number] | null {
  if (layer.kind === 'conv2d') return layer.kernel;
  // A flatten keeps the numbers where they are: the image is the last shape before it that has rows and columns.
  const shapes = [network.inputShape, ...networkShapes(networkBefore(network, index))];
  const image = shapes.filter((shape) => shape.length === 3 || (shape.length === 2 && shape[0] > 1)).at(-1);
  if (!image) return null;
  const [rows, columns] = image.slice(-2);
  return layer.inputs % (rows * columns) === 0 && rows > 1 ? [rows, columns] : null;
}

function pngOf(weights: Float64Array, [rows, columns]: readonly [number, number], largest: number): string {
  const zoom = Math.max(1, Math.floor(side / Math.max(rows, columns)));
  const png = new PNG({ width: columns * zoom, height: rows * zoom });
  for (let y = 0, at = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++, at += 4) {
      const weight = weights[Math.floor(y / zoom) * columns + Math.floor(x / zoom)];
      const [red, green, blue] = weight > 0 ? colours.plus : colours.minus;
      png.data.set([red, green, blue, Math.round((255 * Math.abs(weight)) / largest)], at);
    }
  }
  return PNG.sync.write(png).toString('base64');
}
