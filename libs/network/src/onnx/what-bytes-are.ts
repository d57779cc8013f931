/**
 * What a file is that is no ONNX model: the files that people take for one. Undefined for anything else.
 * @returns a clause that says what to do
 */
export function whatBytesAre(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'the file is empty';
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  const found = kinds.find(([pattern]) => pattern.test(head));
  if (found) return found[1];
  return isText(bytes) ? 'this is text, not an ONNX model, which is binary' : undefined;
}

const kinds: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\x1f\x8b/, 'this is gzip; unpack it with gunzip'],
  [/^version https:\/\/git-lfs/, 'this is a git-lfs pointer, not the model; fetch the model with "git lfs pull"'],
  [
    /^PK\x03\x04/,
    'this is a zip archive, as PyTorch and Keras save models, not ONNX; export the model, e.g. with torch.onnx.export',
  ],
  [/^\x89HDF/, 'this is an HDF5 file, as Keras saves models, not ONNX; convert it with tf2onnx'],
  [/^\x80[\x02-\x05]/, 'this is a Python pickle, not ONNX; export the model, e.g. with torch.onnx.export'],
  [
    /^\s*(<!doctype html|<html)/i,
    'this is an HTML page, not an ONNX model; the download gave a web page, so download the file itself',
  ],
  [/^\s*<\?xml/i, 'this is XML, not an ONNX model'],
  [/^\s*[{[]/, 'this is JSON or text, not an ONNX model; save the model in the binary format'],
  [
    /^\s*(ir_version|graph|producer_name|opset_import)\b\s*[:{]/,
    'this is the text form of an ONNX model; save it in the binary format (onnx.save_model)',
  ],
  [/^\s*<?\s*ir_version\s*:/, 'this is the text form of an ONNX model; save it in the binary format (onnx.save_model)'],
];

/** No control characters but white space in the beginning; a protocol buffer begins with a small tag. */
function isText(bytes: Uint8Array): boolean {
  return (
    bytes.subarray(0, 512).every((byte) => (byte >= 32 && byte !== 127) || (byte >= 9 && byte <= 13)) && bytes[0] >= 32
  );
}
