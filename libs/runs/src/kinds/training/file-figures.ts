// Tested by ../../../../../apps/cli/src/e2e/train.e2e.test.ts.
import { openDataset, rawOf, readRows, type StoredTable } from '@mipnet/dataset';
import { decisionThreshold, outputSize, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { metricsOf, type Metrics, type TrainingProblem } from '@mipnet/training';
import { openScorer } from '@mipnet/verification';

/** What a network file does on the rows of its run; null without such rows. */
export interface FileFigures {
  readonly train: Metrics | null;
  readonly validation: Metrics | null;
  readonly test: Metrics | null;
}

/** Rows per read: memory does not grow with the data. */
const chunk = 4096;

/**
 * Runs the file in the ONNX runtime on the training, validation and test rows of a problem.
 * @param bytes the file
 * @param network what it holds
 */
export async function fileFigures(
  store: ObjectStore,
  problem: TrainingProblem,
  bytes: Uint8Array,
  network: Network,
): Promise<FileFigures> {
  const { train, test } = await openDataset(store, problem.dataset);
  const { rows, labels, validationRows, validationLabels } = problem.view;
  const scorer = await openScorer(bytes, network);
  const figuresOn = async (table: StoredTable, chosen: Int32Array, classOf: Int32Array): Promise<Metrics | null> => {
    const outputs = outputSize(network);
    const scores = new Float32Array(chosen.length * outputs);
    for (let from = 0; from < chosen.length; from += chunk) {
      const samples = await readRows(store, table, chosen.subarray(from, from + chunk));
      scores.set(await scorer.scores(rawOf(samples), samples.count), from * outputs);
    }
    const threshold = decisionThreshold(network);
    return metricsOf({ scores, labels: classOf, classes: table.classes.length, threshold });
  };
  try {
    return {
      train: await figuresOn(train, rows, labels),
      validation: await figuresOn(train, validationRows, validationLabels),
      test: test && (await figuresOn(test, Int32Array.from(test.labels.keys()), test.labels)),
    };
  } finally {
    await scorer.release();
  }
}
