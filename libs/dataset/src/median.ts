/**
 * The median; of an even count, the mean of the two in the middle. Takes time in proportion to the count, where sorting
 * a million numbers takes a tenth of a second.
 * @param values not NaN; brought into another order
 */
export function medianOf(values: Float64Array): number {
  const middle = values.length >> 1;
  const upper = selected(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < middle; i++) if (values[i] > lower) lower = values[i];
  return lower / 2 + upper / 2;
}

/**
 * The number that sorting would put at a place; no number before it is larger, none after it smaller (Hoare, 1961).
 */
function selected(values: Float64Array, place: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = middleOf(values[first], values[(first + last) >> 1], values[last]);
    let left = first;
    let right = last;
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left > right) break;
      const kept = values[left];
      values[left++] = values[right];
      values[right--] = kept;
    }
    if (place <= right) last = right;
    else if (place >= left) first = left;
    else return values[place];
  }
  return values[place];
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
