// Tested by api.int.test.ts.
import type { TrainReport } from '@mipnet/runs';
import { mipnetPaths, tightenFolders } from '@mipnet/stack/folders';
import { withMipnetErrors } from './api-error.js';
import { withArrays, type FilesOfArrays, type LabelledArrays } from './arrays.js';
import type { PlanKeys } from '@mipnet/training';
import { engineOf, watcherOf, type Completeness, type RunOptions } from './run-options.js';
import { settingsText } from './settings.js';

/** What to train, and on what. Without a plan, a preset and data it is the quick start: digits, by 45 small MIPs. */
export interface TrainOptions extends RunOptions {
  /**
   * The plan: its keys, or the path of a plan file (.yaml, .yml, .json). Paths in keys are relative to the current
   * folder, paths in a file to that file.
   * @default a plan that is chosen for `data`
   */
  readonly plan?: PlanKeys | string;
  /** Instead of a plan: the name of one that comes with mipnet, such as `few-shot`. */
  readonly preset?: string;
  /** Single keys of the plan, by their path: `{ 'dataset.perClass': 10, seed: 1 }`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /**
   * Data of your own: the path of a table (CSV, Parquet), of arrays (.npz, .npy) or of a folder of images, an `s3://`
   * URL, or arrays in memory. Arrays of two dimensions are a table.
   */
  readonly data?: string | LabelledArrays;
  /** A data set by its name, such as `digits`, instead of `data`. */
  readonly dataset?: string;
  /** Of a table: the name or number of the class column. */
  readonly class?: string | number;
  /** Of a table: a separate file for the test rows. @default a fifth of the rows is held out */
  readonly test?: string;
  /** Folder that holds data sets, such as mnist/. */
  readonly dataFolder?: string;
  /** Where to write the network (ONNX). @default a file in mipnet's own folder; the result names it */
  readonly out?: string;
  /** Where to write the plan (YAML), with what was chosen. */
  readonly planOut?: string;
  /** Among runs that share workers: 1 goes first, 5 last. @default 3 */
  readonly priority?: number;
}

/** What `mipnet train --json` prints. */
export interface TrainResult extends TrainReport, Completeness {}

/**
 * Trains a network by mixed-integer programming and writes it as an ONNX file.
 * @throws MipnetError with `blame: 'input'` for options or data that are wrong, before anything is solved
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  return withMipnetErrors(options.signal, async () => {
    await tightenFolders(mipnetPaths());
    const { data } = options;
    if (data === undefined || typeof data === 'string') return trained(options, data);
    return withArrays(data, (files) => trained(options, files));
  });
}

async function trained(options: TrainOptions, data: string | FilesOfArrays | undefined): Promise<TrainResult> {
  // Loaded on demand, as what trains networks loads slowly.
  const { trainNetwork } = await import('./train-network.js');
  const { plan, preset, dataset, class: column, test, out, planOut, store, dataFolder, solver, priority } = options;
  const files = typeof data === 'string' ? { features: data } : data;
  const own = files && { 'dataset.file': files.features, ...(files.labels && { 'dataset.labels': files.labels }) };
  const { document, warnings, incomplete } = await trainNetwork(
    {
      ...{ plan, preset, dataset, class: column === undefined ? undefined : String(column), test },
      ...{ out, planOut, store, data: dataFolder, solver, priority },
      ...engineOf(options),
      set: settingsText({ ...own, ...options.set }),
    },
    watcherOf(options),
  );
  for (const line of warnings) options.onMessage?.(line);
  return { ...(document as TrainReport), incomplete };
}
