import { selectRows, valuesOf, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { ballRegion, type Norm, type Region } from '@mipnet/verification';
import { CliError } from '../cli-error.js';
import { loadChosenDataset } from './data-options.js';
import { checkFits } from './evaluate-network.js';
import { imageNumbers } from './image-numbers.js';

export interface ImageOptions {
  readonly dataset?: string;
  readonly data?: string;
  readonly images?: string;
  /** As typed: commander would turn a wrong number into NaN before anybody can name it. */
  readonly epsilon?: string;
  readonly norm: Norm;
}

/** A test image and the inputs that are at most epsilon away from it, cut to [0, 1]. */
export interface ImageRegion {
  readonly image: number;
  readonly label: number;
  readonly region: Region;
}

/** @throws CliError 'bad-input' for an epsilon that is no distance, or images that are not there */
export async function imageRegions(network: Network, file: string, options: ImageOptions, say: (line: string) => void): Promise<ImageRegion[]> {
  const radius = epsilonOf(options.epsilon);
  if (options.images === undefined) throw new CliError('bad-input', 'which images? give --images, such as 0..99 or 3,5,8');
  const dataset = await loadChosenDataset({ name: options.dataset ?? network.metadata?.dataset ?? 'mnist', splitSeed: 0 }, options.data, say);
  checkFits(network, dataset, file);
  const { test } = dataset;
  if (!test) throw new CliError('bad-input', `the data set ${dataset.name} has no test part`);
  return imageNumbers(options.images, test.count).map((image) => ({ image, label: test.labels[image], region: ballRegion({ norm: options.norm, centre: rowOf(test, image), radius }) }));
}

/** @throws CliError 'bad-input' */
export function epsilonOf(text: string | undefined): number {
  if (text === undefined) throw new CliError('bad-input', 'how far may an input move? give --epsilon, such as 0.1 (pixels are 0..1)');
  const epsilon = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(epsilon) && epsilon >= 0) return epsilon;
  throw new CliError('bad-input', `--epsilon ${text} is no distance; give a number of at least 0, such as 0.1 (pixels are 0..1)`);
}

const rowOf = (samples: Samples, row: number): Float64Array => valuesOf(selectRows(samples, [row]));
