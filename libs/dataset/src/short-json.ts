const longest = 100;

/**
 * A value from somebody's file as JSON for a message: cut if it is long, named only if it is nested too deeply to be
 * written.
 */
export function shortJson(value: unknown): string {
  // JSON has no word for NaN and infinity.
  if (typeof value === 'number') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'a deeply nested list' : 'a deeply nested mapping';
  }
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}
