/** Random whole numbers below `most`; one seed gives one sequence. */
export function seededIntegers(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    // xorshift32, whose state must not be 0.
    state ||= 0x9e3779b9;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % most;
  };
}

/**
 * A copy with one to four faults: bytes changed, set to what large numbers begin with, left out, said twice, or the end
 * cut off.
 */
export function damaged(bytes: Uint8Array, integer: (most: number) => number): Uint8Array {
  let copy = Buffer.from(bytes);
  for (let faults = 1 + integer(4); faults > 0 && copy.length > 1; faults--) {
    const at = integer(copy.length);
    const length = 1 + integer(Math.min(16, copy.length - at));
    switch (integer(6)) {
      case 0:
        copy[at] = integer(256);
        break;
      case 1:
        copy[at] ^= 1 << integer(8);
        break;
      case 2:
        copy.fill(0xff, at, at + length);
        break;
      case 3:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
        break;
      case 4:
        copy = Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
        break;
      default:
        copy = copy.subarray(0, Math.max(1, at));
    }
  }
  return copy;
}
