/**
 * What to take from a flow between classes, so that every class sends as much as it receives. A class that sends too
 * much has a path of positive flow to one that receives too much, because a flow is a sum of such paths and of cycles;
 * a shortest one is taken as far as it goes, until no class is left.
 * @param flow whole: what class a sends to class c stands at a * classes + c
 * @returns as the flow, never more than it
 */
export function unbalancedFlow(flow: Float64Array, classes: number): Float64Array {
  const left = Float64Array.from(flow);
  const excess = new Float64Array(classes);
  flow.forEach((amount, at) => {
    excess[Math.floor(at / classes)] += amount;
    excess[at % classes] -= amount;
  });
  for (;;) {
    const from = excess.findIndex((amount) => amount > 0);
    if (from < 0) return left.map((amount, at) => flow[at] - amount);
    const path = shortestPath(left, excess, from);
    const to = path[path.length - 1] % classes;
    const amount = path.reduce((least, at) => Math.min(least, left[at]), Math.min(excess[from], -excess[to]));
    for (const at of path) left[at] -= amount;
    excess[from] -= amount;
    excess[to] += amount;
  }
}

/** Places in the flow, all positive, from a class to the nearest one that receives too much. */
function shortestPath(flow: Float64Array, excess: Float64Array, from: number): readonly number[] {
  const classes = excess.length;
  const paths = new Map<number, readonly number[]>([[from, []]]);
  // A map is read in the order of its entries, those that join while it is read included.
  for (const [a, path] of paths) {
    if (excess[a] < 0) return path;
    for (let c = 0; c < classes; c++)
      if (flow[a * classes + c] > 0 && !paths.has(c)) paths.set(c, [...path, a * classes + c]);
  }
  throw new Error(`class ${from} sends more than it receives, but nothing of it ends at a class that receives more`);
}
