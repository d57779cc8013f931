import {
  isChain,
  isUnitStep,
  outputShape,
  piecesOf,
  sizeOf,
  type Conv2d,
  type Layer,
  type Pool2d,
  type Shape,
} from '@mipnet/network';

/** Frozen layers on bytes in integer arithmetic: `count` rows in, as many rows of counts out. */
export interface ByteConvolution {
  /** Numbers per row of the output. */
  readonly outputs: number;
  /** Output = stored count * scale. */
  readonly scale: number;
  readonly run: (bytes: Uint8Array, count: number) => Uint8Array;
}

/** Three filters share one float64: 16 bits each, 48 of the 53 that are exact. */
const LANE = 65536;
const LANES = 3;
const HALF = 32768;
/** Packed filters summed at once, in registers. */
const AT_ONCE = 4;

/**
 * Convolution with integer weights, step, optionally a pool, flatten: the layers of trained filters. The sums
 * are those of integers (weights times stored bytes), so they are exact in any order, and three filters are summed by
 * one multiplication: s0 + 2^16 s1 + 2^32 s2, each lane shifted so that its top bit says whether the filter fires.
 * Background is skipped. About ten times as fast as the forward pass, with the same outputs.
 * @param scale value of a stored 1
 * @returns null if the layers are others, or if a bias is so near a multiple of the scale that float64
 *   sums could disagree with exact ones
 */
export function byteConvolution(layers: readonly Layer[], input: Shape, scale: number): ByteConvolution | null {
  const [convolution, step, ...rest] = layers.filter((layer) => layer.kind !== 'flatten');
  if (!isChain({ layers })) return null;
  if (convolution?.kind !== 'conv2d' || step?.kind !== 'activation' || !isUnitStep(piecesOf(step)) || rest.length > 1)
    return null;
  const [pool] = rest;
  if (
    pool !== undefined &&
    !(isPool(pool) && pool.pads.every((pad) => pad === 0) && pool.kernel[0] * pool.kernel[1] <= 255)
  )
    return null;
  const packed = pack(convolution, scale);
  return packed && compile(convolution, pool as Pool2d | undefined, input, packed);
}

const isPool = (layer: Layer): layer is Pool2d => layer.kind === 'averagePool2d' || layer.kind === 'maxPool2d';

interface Packed {
  /** Packed filters, a multiple of AT_ONCE. */
  readonly width: number;
  /** taps x width. */
  readonly weights: Float64Array;
  /** Start value of each sum: half of every lane minus the filter's threshold. */
  readonly base: Float64Array;
}

function pack({ groups, outputChannels, weights, bias }: Conv2d, scale: number): Packed | null {
  if (groups !== 1 || !weights.every(Number.isInteger)) return null;
  const taps = weights.length / outputChannels;
  const width = AT_ONCE * Math.ceil(outputChannels / LANES / AT_ONCE);
  const packed = new Float64Array(taps * width);
  const base = new Float64Array(width);
  for (let filter = 0; filter < outputChannels; filter++) {
    const at = Math.floor(filter / LANES);
    const factor = LANE ** (filter % LANES);
    let most = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[filter * taps + tap];
      packed[tap * width + at] += factor * weight;
      most += 255 * Math.abs(weight);
    }
    // Fires if sum * scale + bias >= 0.
    const exact = -bias[filter] / scale;
    if (2 * most + 1 >= HALF || Math.abs(exact - Math.round(exact)) < 1e-3) return null;
    base[at] += factor * (HALF - Math.min(most + 1, Math.max(-most, Math.ceil(exact))));
  }
  return { width, weights: packed, base };
}

function compile(convolution: Conv2d, pool: Pool2d | undefined, input: Shape, packed: Packed): ByteConvolution {
  const filters = convolution.outputChannels;
  const shape = outputShape(convolution, input);
  const [, pooledRows, pooledColumns] = pool ? outputShape(pool, shape) : shape;
  const window = pool?.kernel ?? [1, 1];
  const strides = pool?.strides ?? [1, 1];
  // Positions that no window covers are not computed.
  const rows = (pooledRows - 1) * strides[0] + window[0];
  const columns = (pooledColumns - 1) * strides[1] + window[1];
  const outputs = filters * pooledRows * pooledColumns;
  const fired = new Uint8Array(rows * columns * packed.width * LANES);
  const fire = firing(convolution, packed, { input, rows, columns }, fired);
  const isMax = pool?.kind === 'maxPool2d';

  const run = (bytes: Uint8Array, count: number): Uint8Array => {
    const size = sizeOf(input);
    const result = new Uint8Array(count * outputs);
    const channelStep = pooledRows * pooledColumns;
    for (let sample = 0; sample < count; sample++) {
      fire(bytes, sample * size);
      for (let row = 0, cell = sample * outputs; row < pooledRows; row++) {
        for (let column = 0; column < pooledColumns; column++, cell++) {
          for (let i = 0; i < window[0]; i++) {
            for (let j = 0; j < window[1]; j++) {
              const from = ((row * strides[0] + i) * columns + column * strides[1] + j) * packed.width * LANES;
              for (let filter = 0, to = cell; filter < filters; filter++, to += channelStep) {
                if (isMax) result[to] |= fired[from + filter];
                else result[to] += fired[from + filter];
              }
            }
          }
        }
      }
    }
    return result;
  };
  return { outputs, scale: isMax ? 1 : 1 / (window[0] * window[1]), run };
}

/** Writes which filters fire at each of the rows x columns positions of one image: positions x filters, 0 or 1. */
function firing(
  { inputChannels, kernel, strides, dilations, pads }: Conv2d,
  { width, weights, base }: Packed,
  { input, rows, columns }: { readonly input: Shape; readonly rows: number; readonly columns: number },
  fired: Uint8Array,
) {
  const [, height, breadth] = input;
  const paddedRows = height + pads[0] + pads[2];
  const paddedColumns = breadth + pads[1] + pads[3];
  const padded = new Uint8Array(inputChannels * paddedRows * paddedColumns);
  const taps = inputChannels * kernel[0] * kernel[1];
  const offsets = Int32Array.from({ length: taps }, (_, tap) => {
    const column = tap % kernel[1];
    const row = Math.floor(tap / kernel[1]) % kernel[0];
    return (
      (Math.floor(tap / (kernel[0] * kernel[1])) * paddedRows + row * dilations[0]) * paddedColumns +
      column * dilations[1]
    );
  });
  const values = new Float64Array(taps);
  const starts = new Int32Array(taps);

  return (bytes: Uint8Array, at: number): void => {
    for (let channel = 0; channel < inputChannels; channel++) {
      for (let row = 0; row < height; row++) {
        const from = at + (channel * height + row) * breadth;
        padded.set(
          bytes.subarray(from, from + breadth),
          (channel * paddedRows + row + pads[0]) * paddedColumns + pads[1],
        );
      }
    }
    let to = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = row * strides[0] * paddedColumns + column * strides[1];
        let live = 0;
        for (let tap = 0; tap < taps; tap++) {
          const value = padded[start + offsets[tap]];
          if (value === 0) continue;
          values[live] = value;
          starts[live++] = tap * width;
        }
        for (let next = 0; next < width; next += AT_ONCE, to += AT_ONCE * LANES) {
          let sum0 = base[next];
          let sum1 = base[next + 1];
          let sum2 = base[next + 2];
          let sum3 = base[next + 3];
          for (let k = 0; k < live; k++) {
            const value = values[k];
            const from = starts[k] + next;
            sum0 += value * weights[from];
            sum1 += value * weights[from + 1];
            sum2 += value * weights[from + 2];
            sum3 += value * weights[from + 3];
          }
          unpack(sum0, fired, to);
          unpack(sum1, fired, to + LANES);
          unpack(sum2, fired, to + 2 * LANES);
          unpack(sum3, fired, to + 3 * LANES);
        }
      }
    }
  };
}

/** The top bits of the three lanes. `| 0` takes a number modulo 2^32. */
function unpack(sum: number, fired: Uint8Array, to: number): void {
  const low = sum | 0;
  fired[to] = (low >>> 15) & 1;
  fired[to + 1] = low >>> 31;
  fired[to + 2] = ((sum / (LANE * LANE)) | 0) >>> 15;
}
