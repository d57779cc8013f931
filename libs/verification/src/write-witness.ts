import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy } from './npy.js';
import type { ImageShape } from './image-shape.js';
import type { Witness } from './witness.js';

/** Paths of what was written. */
export interface WitnessFiles {
  /** float32 numbers, or float64 if float32 would change the input: the array that was replayed. */
  readonly array: string;
  readonly pictures?: { readonly original: string; readonly witness: string; readonly difference: string };
}

/**
 * Writes a witness as NAME.npy, and for an image the pictures NAME-original.png, NAME.png and NAME-difference.png.
 * @param options `original`: the input that the witness is close to; with `image`, the pictures compare the witness
 *   with it
 */
export async function writeWitness(
  folder: string,
  name: string,
  witness: Witness,
  options: { readonly shape: readonly number[]; readonly original?: Float64Array; readonly image?: ImageShape },
): Promise<WitnessFiles> {
  await mkdir(folder, { recursive: true });
  const write = async (file: string, bytes: Uint8Array): Promise<string> => {
    const path = join(folder, file);
    await writeFile(path, bytes);
    return path;
  };
  const { input } = witness;
  const exact = input.every((value) => Math.fround(value) === value);
  const array = await write(`${name}.npy`, encodeNpy(exact ? Float32Array.from(input) : input, options.shape));
  const { original, image } = options;
  if (original === undefined || image === undefined) return { array };
  // Loaded on demand: few witnesses become pictures.
  const { differencePixels, encodePicture } = await import('./picture.js');
  return {
    array,
    pictures: {
      original: await write(`${name}-original.png`, encodePicture(original, image)),
      witness: await write(`${name}.png`, encodePicture(input, image)),
      difference: await write(`${name}-difference.png`, encodePicture(differencePixels(original, input), image)),
    },
  };
}
