// Tested by csv-tokenizer.unit.test.ts.
/**
 * How many bytes of UTF-8 the white space at a place takes; 0 if there is none. White space is that of
 * `String.prototype.trim`.
 */
export function blankAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first < 0x80) return first === 0x20 || (first >= 0x09 && first <= 0x0d) ? 1 : 0;
  const second = bytes[at + 1];
  if (first === 0xc2) return second === 0xa0 ? 2 : 0;
  const third = bytes[at + 2];
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  if (first === 0xe2) {
    if (second === 0x81) return third === 0x9f ? 3 : 0;
    const isBlank = (third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf;
    return second === 0x80 && isBlank ? 3 : 0;
  }
  if (first === 0xe3) return second === 0x80 && third === 0x80 ? 3 : 0;
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

/** The same for white space that ends before `end`, in a text that begins at `start`. */
export function blankBefore(bytes: Uint8Array, end: number, start: number): number {
  for (let length = 1; length <= 3 && end - length >= start; length++)
    if (blankAt(bytes, end - length) === length) return length;
  return 0;
}
