/** Lines that cannot be broken, such as a URL or a template, are rare: of all lines, at most this share. */
const mostWide = 0.001;

/**
 * Too many lines wider than the limit. ESLint names each one that can be broken; this holds what ESLint lets through.
 * @param {import('./sources.mjs').Source[]} sources
 * @param {number} widest columns
 * @returns {string[]}
 */
export function wideLines(sources, widest) {
  const all = sources.reduce((sum, { lines }) => sum + lines, 0);
  const wide = sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (line.length > widest ? [`${path}:${at + 1}`] : [])),
  );
  if (wide.length <= mostWide * all) return [];
  return [`${wide.length} of ${all} lines are wider than ${widest} columns (at most 0.1%): ${wide.join(', ')}`];
}
