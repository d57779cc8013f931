// Tested by worst-mistakes.unit.test.ts.
import { rawOf, readRows, valuesOf, type StoredTable } from '@mipnet/dataset';
import { argmax, decisionThreshold, outputSize, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { Mistake } from '@mipnet/report';
import { openScorer } from '@mipnet/verification';

/** Most misclassified samples on a page. */
const most = 48;
/** Rows per read: memory does not grow with the data. */
const chunk = 4096;

export interface Mistakes {
  /** Those with the most negative margins, the worst first. */
  readonly mistakes: readonly Mistake[];
  readonly errors: number;
}

/** The test samples that the file classifies wrongly in the ONNX runtime. */
export async function worstMistakes(
  store: ObjectStore,
  { test, classes }: { readonly test: StoredTable | null; readonly classes: readonly string[] },
  { network, bytes }: { readonly network: Network; readonly bytes: Uint8Array },
): Promise<Mistakes> {
  if (!test) return { mistakes: [], errors: 0 };
  const scorer = await openScorer(bytes, network);
  const outputs = outputSize(network);
  const threshold = decisionThreshold(network);
  const found: Omit<Mistake, 'pixels'>[] = [];
  try {
    for (let from = 0; from < test.count; from += chunk) {
      const rows = Int32Array.from({ length: Math.min(chunk, test.count - from) }, (_, at) => from + at);
      const scores = Float64Array.from(await scorer.scores(rawOf(await readRows(store, test, rows)), rows.length));
      const said = argmax(scores, outputs, threshold);
      rows.forEach((row, at) => {
        const known = test.labels[row];
        if (said[at] === known) return;
        const own = scores.subarray(at * outputs, (at + 1) * outputs);
        found.push({ row, known: classes[known], said: classes[said[at]], margin: marginOf(own, known, threshold) });
      });
    }
  } finally {
    await scorer.release();
  }
  const worst = found.sort((one, other) => one.margin - other.margin || one.row - other.row).slice(0, most);
  return { mistakes: test.columns ? worst : await withPixels(store, test, worst), errors: found.length };
}

/** Score of the known class minus the best other score. One output scores class 1 against class 0. */
export function marginOf(scores: ArrayLike<number>, known: number, threshold: number): number {
  if (scores.length === 1) return known === 1 ? scores[0] - threshold : threshold - scores[0];
  let best = -Infinity;
  for (let at = 0; at < scores.length; at++) if (at !== known) best = Math.max(best, scores[at]);
  return scores[known] - best;
}

async function withPixels(
  store: ObjectStore,
  test: StoredTable,
  mistakes: readonly Omit<Mistake, 'pixels'>[],
): Promise<readonly Mistake[]> {
  const samples = await readRows(
    store,
    test,
    Int32Array.from(mistakes, ({ row }) => row),
  );
  const values = valuesOf(samples);
  const size = values.length / Math.max(1, mistakes.length);
  return mistakes.map((mistake, at) => ({ ...mistake, pixels: values.subarray(at * size, (at + 1) * size) }));
}
