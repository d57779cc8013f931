import { rawOf, selectRows, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { ballRegion, type Norm, type Region } from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import { imageNumbers } from './image-numbers.js';
import { testRowsFor, type DataOptions } from '../data/test-rows.js';

export interface ImageOptions extends DataOptions {
  readonly images?: string;
  /** As typed: commander would turn a wrong number into NaN before a message could quote it. */
  readonly epsilon?: string;
  readonly norm: Norm;
}

/** Test images by number. */
export interface ChosenImages {
  /** Their rows, in the order asked. */
  readonly samples: Samples;
  readonly images: readonly { readonly image: number; readonly label: number; readonly pixels: Float64Array }[];
}

/** A test image and the inputs that are at most epsilon away from it, cut to [0, 1]. */
export interface ImageRegion {
  readonly image: number;
  readonly label: number;
  readonly region: Region;
}

/** @throws CliError 'bad-input' for an epsilon that is no distance, or images that do not exist */
export async function imageRegions(
  network: Network,
  file: string,
  options: ImageOptions,
  say: (line: string) => void,
): Promise<ImageRegion[]> {
  const radius = epsilonOf(options.epsilon);
  const { images } = await chosenImages(network, file, options, say);
  return images.map(({ image, label, pixels }) => ({
    image,
    label,
    region: ballRegion({ norm: options.norm, centre: pixels, radius }),
  }));
}

/** @throws CliError 'bad-input' for images that do not exist */
export async function chosenImages(
  network: Network,
  file: string,
  options: ImageOptions,
  say: (line: string) => void,
): Promise<ChosenImages> {
  if (options.images === undefined)
    throw new CliError('bad-input', 'which images? give --images, such as 0..99 or 3,5,8');
  const { samples: test, note } = await testRowsFor(network, file, options, say);
  if (note !== null) say(note);
  const numbers = imageNumbers(options.images, test.count);
  const samples = selectRows(test, numbers);
  const pixelsOf = (at: number): Float64Array =>
    rawOf({ features: samples.features.subarray(at * samples.size, (at + 1) * samples.size), scale: samples.scale });
  return { samples, images: numbers.map((image, at) => ({ image, label: samples.labels[at], pixels: pixelsOf(at) })) };
}

/** @throws CliError 'bad-input' */
export function epsilonOf(text: string | undefined): number {
  if (text === undefined)
    throw new CliError('bad-input', 'how far may an input move? give --epsilon, such as 0.1 (pixels are 0..1)');
  // Papers write distances as fractions of the 255 grey values.
  const [numerator, denominator = '1', ...others] = text.split('/');
  const isNumber = others.length === 0 && numerator.trim() !== '' && denominator.trim() !== '';
  const epsilon = isNumber ? Number(numerator) / Number(denominator) : NaN;
  if (Number.isFinite(epsilon) && epsilon >= 0) return epsilon;
  throw new CliError(
    'bad-input',
    `--epsilon ${text} is no distance; give a number of at least 0, such as 0.1 or 8/255 (pixels are 0..1)`,
  );
}
