/** What a cell is, as `lookOf` says, if it is a number in the plain form that programs write; 0: look at its text. */
export type PlainLook = 0 | typeof INTEGER | typeof POINT | typeof EITHER_POINT;
export const [INTEGER, POINT, EITHER_POINT] = [1, 2, 3] as const;

export const [POINT_MARK, COMMA_MARK] = [0x2e, 0x2c] as const;

const powersOf10 = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads numbers from bytes: optional minus, digits, perhaps a decimal mark and digits, perhaps an exponent. Everything
 * else, and what deserves a message (007, +1, -0), has the look 0. The value is exactly that of `Number(text)`, with a
 * point for the mark.
 */
export class PlainNumberReader {
  /** Of the last number. */
  value = 0;
  /** Digits before the point. */
  wholeDigits = 0;

  /** @param mark the decimal mark: a point or a comma; with a comma, looks of points mean the same with commas */
  read(bytes: Buffer, start: number, end: number, mark: number = POINT_MARK): PlainLook {
    let at = start;
    const isNegative = bytes[at] === 0x2d;
    if (isNegative) at++;
    const firstDigit = bytes[at];
    let mantissa = 0;
    const digitsStart = at;
    for (; at < end; at++) {
      const digit = bytes[at] - 0x30;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
    }
    const whole = at - digitsStart;
    if (whole === 0) return 0;
    this.wholeDigits = whole;
    if (at === end) {
      // 007 and -0 are read with a message, or compared as text.
      if (firstDigit === 0x30 && (whole > 1 || isNegative)) return 0;
      this.value = whole > 15 ? Number(bytes.toString('latin1', start, end)) : isNegative ? -mantissa : mantissa;
      return INTEGER;
    }
    let fraction = 0;
    if (bytes[at] === mark) {
      const fractionStart = ++at;
      for (; at < end; at++) {
        const digit = bytes[at] - 0x30;
        if (digit < 0 || digit > 9) break;
        mantissa = mantissa * 10 + digit;
      }
      fraction = at - fractionStart;
    }
    let exponent = 0;
    const hasExponent = at < end;
    if (hasExponent) {
      // 1e5 and 1,e5 are no numbers of people who write decimal commas.
      if (mark !== POINT_MARK && fraction === 0) return 0;
      if ((bytes[at] | 0x20) !== 0x65) return 0;
      const sign = bytes[++at];
      if (sign === 0x2b || sign === 0x2d) at++;
      if (at === end || end - at > 3) return 0;
      for (; at < end; at++) {
        const digit = bytes[at] - 0x30;
        if (digit < 0 || digit > 9) return 0;
        exponent = exponent * 10 + digit;
      }
      if (sign === 0x2d) exponent = -exponent;
    }
    const scale = exponent - fraction;
    // Of two numbers that float64 holds exactly, the quotient or product is the nearest number (Clinger, 1990).
    if (whole + fraction <= 15 && scale >= -22 && scale <= 22) {
      const size = scale < 0 ? mantissa / powersOf10[-scale] : mantissa * powersOf10[scale];
      this.value = isNegative ? -size : size;
    } else this.value = Number(bytes.toString('latin1', start, end).replace(',', '.'));
    if (!Number.isFinite(this.value)) return 0;
    return !hasExponent && fraction === 3 && whole <= 3 && firstDigit !== 0x30 ? EITHER_POINT : POINT;
  }
}
