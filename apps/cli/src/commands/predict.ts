// Tested by ../e2e/applying.e2e.test.ts.
import { argmax, decisionThreshold, outputSize, type Network } from '@mipnet/network';
import { classNamesIn, readNetworkFile, tableInputsIn, type NetworkFile } from '@mipnet/runs/records';
import { openScorer } from '@mipnet/verification';
import { progressLines } from '../data/metrics-on.js';
import type { RowSource } from '../predict/batch.js';
import { csvWriter, jsonWriter, npyWriter, type Outputs, type ResultWriter } from '../predict/result-writers.js';
import { arrayRows, tableRows } from '../predict/row-sources.js';
import { standardOutput, wholeFile } from '../predict/whole-stream.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

export interface PredictOptions {
  readonly json?: boolean;
  /** .csv or .npy */
  readonly out?: string;
  /** With an .npy file: scores instead of classes. */
  readonly scores?: boolean;
}

/** `mipnet predict NET.onnx ROWS`: class and scores of each row, by the ONNX runtime, in constant memory. */
export async function predict(file: string, rows: string, options: PredictOptions): Promise<number> {
  const format = formatOf(options);
  const opened = await readNetworkFile(file);
  const { network } = opened;
  const inputs = tableInputsIn(network, file);
  const source = await (/\.npy$/i.test(rows)
    ? arrayRows(rows, network, inputs, say)
    : tableRows(rows, network, inputs));
  const outputs: Outputs = { count: outputSize(network), classNames: classNamesIn(network) };
  const out = options.out === undefined ? undefined : await checkOut(options.out, 'predictions.csv');
  const sink = out === undefined ? standardOutput() : await wholeFile(out);
  try {
    const npy = format === 'npy' ? npyWriter(sink, options.scores === true ? 'scores' : 'classes', outputs) : undefined;
    const writer = npy ?? (format === 'json' ? jsonWriter(sink, outputs) : csvWriter(sink, source, outputs));
    const count = await scored(opened, source, writer);
    await sink.finish(npy?.head(count));
    for (const note of source.notes()) say(note);
    if (out !== undefined) say(`${options.out}: ${count} rows`);
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  return exitCode.done;
}

/** Runs all rows; how many there were. */
async function scored({ bytes, network }: NetworkFile, source: RowSource, writer: ResultWriter): Promise<number> {
  const scorer = await openScorer(bytes, network);
  const classesOf = classesBy(network);
  const progress = source.count === undefined ? () => undefined : progressLines(source.count, say);
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

function formatOf({ json, out, scores }: PredictOptions): 'csv' | 'json' | 'npy' {
  if (json === true && out !== undefined)
    throw new CliError('bad-input', '--json prints to the standard output; give it or --out, not both');
  const ending = out === undefined ? 'csv' : /\.(csv|npy)$/i.exec(out)?.[1].toLowerCase();
  if (ending === undefined)
    throw new CliError('bad-input', `--out ${out}: the name selects the format; it must end in .csv or .npy`);
  if (scores === true && ending !== 'npy')
    throw new CliError('bad-input', '--scores is about --out Y.npy; the other formats hold the scores anyway');
  return json === true ? 'json' : (ending as 'csv' | 'npy');
}
