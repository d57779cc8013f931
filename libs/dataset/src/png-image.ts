// Tested by sources/png.unit.test.ts.
import { decode, type DecodedPng } from 'fast-png';
import { DatasetError, reasonOf } from './dataset-error.js';
import { readRegularFile, sizeText } from './read-regular-file.js';

const mostFileBytes = 2 ** 26;
/** Of one image; a small file may unpack to gigabytes. */
const mostPixelBytes = 2 ** 24;

export interface PngImage {
  /** [channels, rows, columns]: 1 channel of grey, or red, green and blue. */
  readonly shape: readonly number[];
  /** One channel after the other, row-major, a byte each. */
  readonly pixels: Uint8Array;
}

/**
 * Reads a PNG file of 8 bits per channel, grey or RGB.
 * @throws DatasetError 'damaged' | 'bad-input' | 'missing', naming the file
 */
export async function readPng(path: string): Promise<PngImage> {
  const bytes = await readRegularFile(path, { most: mostFileBytes });
  checkHeader(bytes, path);
  const { width, height, data, channels } = decoded(bytes, path);
  if (channels === 1) return { shape: [1, height, width], pixels: data as Uint8Array };
  const size = width * height;
  const pixels = new Uint8Array(3 * size);
  for (let at = 0; at < size; at++)
    for (let channel = 0; channel < 3; channel++) pixels[channel * size + at] = data[3 * at + channel];
  return { shape: [3, height, width], pixels };
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const [GREY, RGB] = [0, 2];
const colourNames: Readonly<Record<number, string>> = {
  3: 'a palette of colours',
  4: 'grey with transparency',
  6: 'RGB with transparency',
};

/** What is not supported is seen before anything is unpacked: the header is the first chunk. */
function checkHeader(bytes: Buffer, path: string): void {
  const refuse = (has: string): DatasetError =>
    new DatasetError(
      'bad-input',
      `${path} has ${has}. Images of 8 bits are read, grey or RGB without transparency: convert it.`,
    );
  if (!bytes.subarray(0, 8).equals(signature) || bytes.length < 33)
    throw new DatasetError('damaged', `${path} is no PNG file, or is cut off`);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colour] = [bytes[24], bytes[25]];
  if (colour in colourNames) throw refuse(colourNames[colour]);
  if (depth !== 8) throw refuse(`${depth} bits per channel`);
  if (colour !== GREY && colour !== RGB) throw new DatasetError('damaged', `${path} has an unknown type of colour`);
  if (width * height * 3 > mostPixelBytes)
    throw new DatasetError(
      'bad-input',
      `${path} has ${width} x ${height} pixels, more than ${sizeText(mostPixelBytes)}`,
    );
}

function decoded(bytes: Buffer, path: string): DecodedPng {
  try {
    const image = decode(bytes, { checkCrc: true });
    if (image.data.length === image.width * image.height * image.channels) return image;
    throw new Error('pixels are missing');
  } catch (cause) {
    throw new DatasetError('damaged', `${path} is not a whole PNG file (${reasonOf(cause)})`, { cause });
  }
}
