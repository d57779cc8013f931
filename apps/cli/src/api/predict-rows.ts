// Tested by ../e2e/applying.e2e.test.ts.
import { argmax, decisionThreshold, outputSize, type Network } from '@mipnet/network';
import { classNamesIn, readNetworkFile, type NetworkFile, type NetworkFileOptions } from '@mipnet/runs/records';
import { openScorer } from '@mipnet/verification';
import { progressLines } from '../data/metrics-on.js';
import type { RowSource } from '../predict/batch.js';
import type { Outputs, ResultWriter } from '../predict/result-writers.js';
import { openRows } from '../predict/open-rows.js';

/** Where the results go, and who hears of what is done. */
export interface PredictHooks {
  readonly say: (line: string) => void;
  /** Called once, when the network and the beginning of the rows are read. */
  readonly open: (source: RowSource, outputs: Outputs) => Promise<ResultWriter>;
  readonly signal?: AbortSignal;
}

/**
 * Class and scores of each row of a table or an array, or of each image, by the ONNX runtime, in constant memory.
 * @returns how many rows there were
 */
export async function predictRows(
  file: string,
  rows: string,
  options: NetworkFileOptions,
  { say, open, signal }: PredictHooks,
): Promise<number> {
  const opened = await readNetworkFile(file, options);
  opened.notes.forEach(say);
  const { network } = opened;
  const source = await openRows(rows, network, file, say);
  const writer = await open(source, { count: outputSize(network), classNames: classNamesIn(network) });
  const progress = source.count === undefined ? () => undefined : progressLines(source.count, say);
  const count = await scored(opened, source, writer, (done) => {
    signal?.throwIfAborted();
    progress(done);
  });
  for (const note of source.notes()) say(note);
  return count;
}

/** Runs all rows; how many there were. */
async function scored(
  { bytes, network }: NetworkFile,
  source: RowSource,
  writer: ResultWriter,
  progress: (done: number) => void,
): Promise<number> {
  const scorer = await openScorer(bytes, network);
  const classesOf = classesBy(network);
  let done = 0;
  try {
    await writer.begin();
    for await (const batch of source.batches(scorer.batch)) {
      const scores = Float32Array.from(await scorer.scores(batch.inputs, batch.count));
      await writer.add({ batch, scores, classes: classesOf(scores) });
      done += batch.count;
      progress(done);
    }
    await writer.end(done);
  } finally {
    await scorer.release();
  }
  return done;
}

function classesBy(network: Network): (scores: Float32Array) => Int32Array {
  const outputs = outputSize(network);
  const threshold = decisionThreshold(network);
  return (scores) => argmax(Float64Array.from(scores), outputs, threshold);
}
