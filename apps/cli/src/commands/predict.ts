// Tested by ../e2e/applying.e2e.test.ts.
import type { NetworkFileOptions } from '@mipnet/runs/records';
import { predictRows } from '../api/predict-rows.js';
import { csvWriter, jsonWriter, npyWriter } from '../predict/result-writers.js';
import { standardOutput, wholeFile, type Sink } from '../predict/whole-stream.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';

export interface PredictOptions extends NetworkFileOptions {
  readonly json?: boolean;
  /** .csv or .npy */
  readonly out?: string;
  /** With an .npy file: scores instead of classes. */
  readonly scores?: boolean;
}

/** `mipnet predict NET.onnx ROWS`: class and scores of each row, to the standard output or a file. */
export async function predict(file: string, rows: string, options: PredictOptions): Promise<number> {
  const format = formatOf(options);
  let sink: Sink | undefined;
  let head: ((count: number) => Uint8Array) | undefined;
  try {
    const count = await predictRows(file, rows, options, {
      say,
      open: async (source, outputs) => {
        const out = options.out === undefined ? undefined : await checkOut(options.out, 'predictions.csv');
        sink = out === undefined ? standardOutput() : await wholeFile(out);
        if (format === 'json') return jsonWriter(sink, outputs);
        if (format === 'csv') return csvWriter(sink, source, outputs);
        const writer = npyWriter(sink, options.scores === true ? 'scores' : 'classes', outputs);
        head = (all) => writer.head(all);
        return writer;
      },
    });
    await sink?.finish(head?.(count));
    if (options.out !== undefined) say(`${options.out}: ${count} rows`);
  } catch (error) {
    await sink?.abandon();
    throw error;
  }
  return exitCode.done;
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
