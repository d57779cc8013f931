import { readRows, valuesOf, type StoredTable } from '@mipnet/dataset';
import { classify, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';

/** Rows read at a time: memory does not grow with the data. */
const chunk = 4096;

/**
 * How often rows of each class are taken for each class, by the forward pass: classes x classes, the row is the true
 * class.
 */
export async function confusionOn(store: ObjectStore, table: StoredTable, network: Network): Promise<Int32Array> {
  const counts = new Int32Array(table.classes.length ** 2);
  for (let from = 0; from < table.count; from += chunk) {
    const rows = Int32Array.from({ length: Math.min(chunk, table.count - from) }, (_, k) => from + k);
    const samples = await readRows(store, table, rows);
    const said = classify(network, valuesOf(samples), samples.count);
    for (let k = 0; k < samples.count; k++) counts[table.labels[from + k] * table.classes.length + said[k]]++;
  }
  return counts;
}
