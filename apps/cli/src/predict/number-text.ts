/** The shortest decimal text that gives the same float32 number. */
export function float32Text(number: number): string {
  if (Number.isInteger(number)) return String(number);
  for (const digits of [6, 7, 8]) {
    const text = String(Number(number.toPrecision(digits)));
    if (Math.fround(Number(text)) === number) return text;
  }
  return String(Number(number.toPrecision(9)));
}
