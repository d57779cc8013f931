/**
 * Files that import each other, however many stand between: every strongly connected component of the graph of imports
 * (Tarjan 1972).
 * @param {import('./sources.mjs').Source[]} sources
 * @returns {string[]} a sentence for each circle
 */
export function circles(sources) {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const number = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];
  const visit = (path) => {
    number.set(path, number.size);
    lowest.set(path, number.get(path));
    stack.push(path);
    for (const next of byPath.get(path).files.filter((file) => byPath.has(file))) {
      if (!number.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(path, Math.min(lowest.get(path), lowest.get(next)));
    }
    if (lowest.get(path) !== number.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1 || byPath.get(path).files.includes(path))
      found.push(`these files import each other: ${circle.sort().join(', ')}`);
  };
  for (const path of byPath.keys()) if (!number.has(path)) visit(path);
  return found;
}
