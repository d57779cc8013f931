// Tested by train-page.unit.test.ts.
import { isAffine, networkBefore, networkShapes, type AffineLayer, type Network } from '@mipnet/network';
import { html, type Html } from '../page/html.js';
import { signedUrl } from '../page/pixels.js';
import { colours } from '../page/style.js';

/** Most pictures of one layer on a page. */
const most = 100;
/** Most weights of a layer that is drawn as one picture. */
const mostWeights = 1_000_000;

/**
 * The weights of every layer that has any. A layer that sees an image has one picture per neuron or filter; the others
 * have one picture, a row per neuron. Blue is positive, orange negative, zero see-through. Null if there is no layer
 * to draw.
 * @param names of the first layer's neurons, if they have any
 * @param withoutFirst the page shows the first layer otherwise: by the names of its columns
 */
export function weightPictures(network: Network, names: readonly string[] = [], withoutFirst = false): Html | null {
  const layers = [...network.layers.keys()].filter((index) => isAffine(network.layers[index]));
  const drawn = layers.slice(withoutFirst ? 1 : 0).flatMap((index) => {
    const layer = network.layers[index] as AffineLayer;
    const isFirst = index === layers[0];
    const place = layers.filter((other) => other <= index && network.layers[other].kind === layer.kind).length;
    const shape = isFirst ? imageOf(network, index, layer) : null;
    if (isFirst && !shape && layers.length === 1) return [];
    const pictures = shape ? perNeuron(layer, shape, names) : asMatrix(layer);
    return pictures === null
      ? []
      : [
          html`<h3>${nameOf(layer, place)}</h3>
            ${pictures}`,
        ];
  });
  if (drawn.length === 0) return null;
  return html`${drawn}
    <p class="key soft">
      <span class="swatch" style="background:rgb(${colours.plus.join(' ')})"></span>positive<span
        class="swatch"
        style="background:rgb(${colours.minus.join(' ')})"
      ></span
      >negative
    </p>`;
}

const countOf = (layer: AffineLayer): number => (layer.kind === 'dense' ? layer.outputs : layer.outputChannels);

/** @param place among the layers of its kind, from 1 */
const nameOf = (layer: AffineLayer, place: number): string =>
  layer.kind === 'dense'
    ? `dense ${place}: ${counted(layer.outputs, 'neuron')}, ${counted(layer.inputs, 'input')}`
    : `conv ${place}: ${counted(layer.outputChannels, 'filter')} of ${layer.kernel.join(' x ')}, ` +
      counted(layer.inputChannels, 'channel');

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const largestOf = ({ weights }: AffineLayer): number =>
  weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) || 1;

function perNeuron(layer: AffineLayer, [rows, columns]: readonly [number, number], names: readonly string[]): Html {
  const count = countOf(layer);
  const size = layer.weights.length / count;
  const largest = largestOf(layer);
  const figures = Array.from({ length: Math.min(count, most) }, (_, neuron) => {
    const name = names[neuron] ?? `${layer.kind === 'dense' ? 'neuron' : 'filter'} ${neuron}`;
    // Of several input channels, the first.
    const weights = layer.weights.subarray(neuron * size, neuron * size + rows * columns);
    return html`<li>
      <figure>
        <img alt="weights of ${name}" src="${signedUrl(weights, rows, columns, largest)}" />
        <figcaption>${name}</figcaption>
      </figure>
    </li>`;
  });
  return html`<ul class="pictures">
      ${figures}
    </ul>
    ${count > most ? html`<p class="soft">the first ${most} of ${count}</p>` : ''}`;
}

function asMatrix(layer: AffineLayer): Html | null {
  const rows = countOf(layer);
  const columns = layer.weights.length / rows;
  if (layer.weights.length > mostWeights) return null;
  const zoom = Math.max(1, Math.min(14, Math.floor(600 / columns)));
  // A row of many weights is wide, and to be seen it is not as thin.
  const height = rows * Math.max(zoom, Math.min(6, Math.floor(600 / rows)));
  return html`<p class="picture">
    <img
      alt="weights, one row per neuron, one column per input"
      style="image-rendering:pixelated;background:var(--zero);display:block;width:${columns * zoom}px;height:${height}px;max-width:100%"
      src="${signedUrl(layer.weights, rows, columns, largestOf(layer))}"
    />
  </p>`;
}

/** Rows and columns of one picture: the kernel of a convolution, or the image that a dense layer sees. */
function imageOf(network: Network, index: number, layer: AffineLayer): readonly [number, number] | null {
  if (layer.kind === 'conv2d') return layer.kernel;
  // A flatten keeps the numbers where they are: the image is the last shape before it that has rows and columns.
  const shapes = [network.inputShape, ...networkShapes(networkBefore(network, index))];
  const image = shapes.filter((shape) => shape.length === 3 || (shape.length === 2 && shape[0] > 1)).at(-1);
  if (!image) return null;
  const [rows, columns] = image.slice(-2);
  return layer.inputs % (rows * columns) === 0 && rows > 1 ? [rows, columns] : null;
}
