// Tested by api.int.test.ts.
import type { ResultWriter } from '../predict/result-writers.js';
import { withMipnetErrors } from './api-error.js';
import { withArrays, type Arrays } from './arrays.js';
import type { RunOptions } from './run-options.js';

export interface PredictOptions extends Pick<RunOptions, 'signal' | 'onMessage'> {
  /** Name of the model's output, or of another value of its graph. @default the scores */
  readonly output?: string;
}

/** What `mipnet predict --json` prints. */
export interface PredictResult {
  /** Of each row, the scores of the network's last layer, in float32 as the ONNX runtime gives them. */
  readonly outputs: readonly (readonly number[])[];
  /** The names of all classes. */
  readonly classes: readonly string[];
  /** Of each row, the name of its class. */
  readonly predictions: readonly string[];
}

/**
 * The class and the scores of each row.
 * @param network path of an ONNX file
 * @param rows path of a table (.csv) or an array (.npy), or rows in memory
 * @throws MipnetError with `blame: 'input'` for a file or rows that are wrong
 */
export async function predict(
  network: string,
  rows: string | Arrays,
  options: PredictOptions = {},
): Promise<PredictResult> {
  return withMipnetErrors(options.signal, () =>
    typeof rows === 'string'
      ? predicted(network, rows, options)
      : withArrays({ features: rows.features, shape: rows.shape }, (files) =>
          predicted(network, files.features, options),
        ),
  );
}

async function predicted(network: string, rows: string, options: PredictOptions): Promise<PredictResult> {
  // Loaded on demand: the ONNX runtime loads slowly.
  const { predictRows } = await import('./predict-rows.js');
  const outputs: number[][] = [];
  const predictions: string[] = [];
  let classes: readonly string[] = [];
  const collect = (count: number): ResultWriter => ({
    begin: async () => undefined,
    add: async ({ batch, scores, classes: found }) => {
      for (let row = 0; row < batch.count; row++) {
        outputs.push(Array.from(scores.subarray(row * count, (row + 1) * count)));
        predictions.push(classes[found[row]]);
      }
    },
    end: async () => undefined,
  });
  await predictRows(
    network,
    rows,
    { output: options.output },
    {
      say: (line) => options.onMessage?.(line),
      signal: options.signal,
      open: async (_source, { count, classNames }) => {
        classes = classNames;
        return collect(count);
      },
    },
  );
  return { outputs, classes, predictions };
}
