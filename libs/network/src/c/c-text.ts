/** Columns of a line of a table. */
const widest = 110;

/**
 * A float32 number as a C literal that gives exactly that number, with as few digits as possible (at most 9), and not
 * so close to the middle between two numbers that a second rounding could matter.
 */
export function floatLiteral(number: number): string {
  const rounded = Math.fround(number);
  if (!Number.isFinite(rounded)) throw new RangeError(`${number} is no finite float32 number`);
  const isRounded = (decimal: number): boolean =>
    [1 - 2 ** -50, 1, 1 + 2 ** -50].every((factor) => Math.fround(decimal * factor) === rounded);
  let digits = 1;
  while (digits < 9 && !isRounded(Number(rounded.toPrecision(digits)))) digits++;
  const text = String(Number(rounded.toPrecision(digits)));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** A text as a C string. Its UTF-8 bytes that are not plain ASCII, quotes and `?` are octal escapes. */
export function stringLiteral(text: string): string {
  const plain = /[A-Za-z0-9 _.,:;+()<>=-]/;
  const parts = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    return plain.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${parts.join('')}"`;
}

/** Text that may stand in a comment, on one line. */
export const commentText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '_').replace(/\*\/|\/\*|\?\?/g, '_');

/** A C identifier that resembles a name: the beginning of what the file declares. */
export function identifier(name: string): string {
  const kept = name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  if (kept === '') return 'network';
  return /^[0-9]/.test(kept) ? `net_${kept}` : kept;
}

/** The smallest C type that holds the integers. */
export function integerType(numbers: Iterable<number>): string {
  let least = 0;
  let most = 0;
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  if (least >= -128 && most < 128) return 'int8_t';
  return least >= -32768 && most < 32768 ? 'int16_t' : 'int32_t';
}

/** A constant table. C has no empty ones: such a table gets one number that nothing reads. */
export function table(type: string, name: string, numbers: ArrayLike<number>): string[] {
  const literal = type === 'float' ? floatLiteral : String;
  const lines: string[] = [];
  let line = ' ';
  for (let at = 0; at < numbers.length; at++) {
    const next = ` ${literal(numbers[at])},`;
    if (line.length + next.length > widest) {
      lines.push(line);
      line = ' ';
    }
    line += next;
  }
  lines.push(numbers.length === 0 ? '  0' : line);
  return [`static const ${type} ${name}[${Math.max(1, numbers.length)}] = {`, ...lines, '};'];
}
