/** Unit round-off of float32: the error of an operation is at most this fraction of its result. */
const unit = 2 ** -24;

/** Below it numbers lose digits, or are flushed to zero. */
export const smallestNormal = 2 ** -126;
export const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * gamma_n = n e / (1 - n e): the largest relative error of n roundings. Rounded up; infinite if n is too large for the
 * formula. Source: Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1.
 */
export const gamma = (n: number): number =>
  n * unit < 0.5 ? ((n * unit) / (1 - n * unit)) * (1 + 2 ** -20) : Infinity;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** The largest power of two of which a number is a multiple; infinite for 0. */
export function lowestBit(value: number): number {
  if (value === 0) return Infinity;
  number[0] = value;
  const [low, high] = words;
  const exponent = Math.max(1, (high >>> 20) & 0x7ff);
  const mantissa = high & 0xfffff;
  const zeros = low !== 0 ? trailingZeros(low) : mantissa !== 0 ? 32 + trailingZeros(mantissa) : 52;
  return 2 ** (exponent - 1075 + zeros);
}

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);
