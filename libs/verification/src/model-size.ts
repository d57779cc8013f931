import { inputSize, multiplicationCount, networkShapes, sizeOf, type Network } from '@mipnet/network';
import type { Query } from './query.js';
import { VerificationError } from './verification-error.js';

/** About how large the MIP of a network is. */
export interface ModelSize {
  /** Inputs and outputs of layers; most of them become one or two columns. */
  readonly numbers: number;
  readonly nonZeros: number;
}

/**
 * Above this size no MIP is made: HiGHS takes 1.4 GB to write as many non-zeros, and minutes for its first relaxation.
 */
export const largestModel: ModelSize = { numbers: 2 ** 18, nonZeros: 2 ** 23 };

/**
 * Multiplications of a forward pass. Bounds take a dozen bytes per multiplication, and an attack takes thousands of
 * passes.
 */
const mostMultiplications = 2 ** 26;

export const modelSizeOf = (network: Network): ModelSize => ({
  nonZeros: multiplicationCount(network),
  numbers: networkShapes(network).reduce((sum, shape) => sum + sizeOf(shape), inputSize(network)),
});

export const isModest = ({ numbers, nonZeros }: ModelSize): boolean =>
  nonZeros <= largestModel.nonZeros && numbers <= largestModel.numbers;

/** `3,920,000 numbers with 3,920,000 non-zeros` */
export const sizeText = ({ numbers, nonZeros }: ModelSize): string =>
  `about ${inWords(numbers)} numbers with ${inWords(nonZeros)} non-zeros`;

/** Why a network gets no MIP, for a verdict. */
const noMip = (size: ModelSize): string =>
  `its MIP would be ${sizeText(size)}, which is too large; only bounds, branching and attacks were tried`;

/** Why a query gets no MIP; undefined if it gets one. */
export function withoutMip(network: Network, { region }: Pick<Query, 'region'>): string | undefined {
  if (region.ball?.norm === 'l2') return 'an l2 ball has no MIP; only bounds, branching and attacks were tried';
  const size = modelSizeOf(network);
  return isModest(size) ? undefined : noMip(size);
}

/**
 * @throws VerificationError 'unsupported' for a network that is too large to verify anything in reasonable time and
 * memory
 */
export function requireVerifiable(network: Network): void {
  const count = multiplicationCount(network);
  if (count <= mostMultiplications) return;
  throw new VerificationError(
    'unsupported',
    `a forward pass of the network takes ${inWords(count)} multiplications; at ` +
      `most ${inWords(mostMultiplications)} ` +
      'can be ' +
      'verified: use ' +
      'a smaller input or fewer channels',
  );
}

const inWords = (count: number): string => count.toLocaleString('en-US');
