// Tested by ../../../runs/src/records/network-file.int.test.ts.
import { NetworkError } from '../network-error.js';
import { quotedName } from './quoted-name.js';
import { rewrittenModel } from './rewritten-model.js';
import { decodeModel, type OnnxTensor } from './schema.js';

/** Where a tensor keeps its numbers. */
interface Place {
  readonly at: number;
  readonly tensor: OnnxTensor;
  /** As the file has it; not yet checked. */
  readonly location: string;
  readonly offset: number;
  /** To the end of the file if undefined. */
  readonly length?: number;
}

/**
 * A model with the weights in it that it keeps in other files.
 * @param read the bytes of such a file by its name beside the model; decides which names are allowed
 * @returns the bytes given if there are none
 * @throws NetworkError 'onnx' for a part that is not in the file, and whatever `read` throws
 */
export async function withExternalData(
  bytes: Uint8Array,
  read: (location: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const places = placesOf(bytes);
  if (places.length === 0) return bytes;
  const files = new Map<string, Uint8Array>();
  for (const { location } of places) if (!files.has(location)) files.set(location, await read(location));
  const initializers = new Map<number, OnnxTensor>();
  for (const { at, tensor, location, offset, length } of places) {
    const file = files.get(location)!;
    const end = length === undefined ? file.length : offset + length;
    if (!(
      Number.isSafeInteger(offset) &&
      offset >= 0 &&
      Number.isSafeInteger(end) &&
      end >= offset &&
      end <= file.length
    ))
      throw new NetworkError(
        'onnx',
        `tensor ${quotedName(tensor.name ?? '')} is bytes ${offset} to ${end} of ${quotedName(location)}, which has ` +
          `${file.length} bytes: get both files again`,
      );
    const { externalData: _, dataLocation: __, ...rest } = tensor;
    initializers.set(at, { ...rest, rawData: file.subarray(offset, end) });
  }
  return rewrittenModel(bytes, { initializers });
}

function placesOf(bytes: Uint8Array): Place[] {
  return (decodeModel(bytes).graph?.initializer ?? []).flatMap((tensor, at) => {
    if (!tensor.dataLocation) return [];
    const entry = (key: string): string | undefined => tensor.externalData?.find((own) => own.key === key)?.value;
    const location = entry('location');
    if (location === undefined || location === '')
      throw new NetworkError(
        'onnx',
        `tensor ${quotedName(tensor.name ?? '')} keeps its numbers in another file, but does not name it`,
      );
    const length = entry('length');
    return [
      {
        at,
        tensor,
        location,
        offset: Number(entry('offset') ?? 0),
        ...(length !== undefined && { length: Number(length) }),
      },
    ];
  });
}
