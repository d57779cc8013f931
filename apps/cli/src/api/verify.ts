// Tested by api.int.test.ts.
import { mipnetPaths, tightenFolders } from '@mipnet/stack/folders';
import type { Goal, Norm } from '@mipnet/verification';
import type { CurveReport } from '../questions/curve.js';
import type { CertifiedReport } from '../questions/verify-certified.js';
import type { VerifyReport } from '../questions/verify-report.js';
import { withMipnetErrors } from './api-error.js';
import { withArrays, type Arrays, type FilesOfArrays } from './arrays.js';
import { engineOf, watcherOf, type Completeness, type RunOptions } from './run-options.js';
import { settingsText } from './settings.js';

/** One number, or one per channel. */
type PerChannel = number | readonly number[];

/** What is asked of a network: rows and how far they may move, or a property. */
export interface VerifyOptions extends RunOptions {
  /** Numbers of test images or of rows, counted from 0, or as text: `0..99`. @default all rows of `input` */
  readonly rows?: readonly number[] | string;
  /** Rows instead of the run's test rows: the path of an array (.npy) or a table, or rows in memory. */
  readonly input?: string | VerifyArrays;
  /** Of `input`: the path of y.npy with their classes, counted from 0. @default those that the network gives them */
  readonly labels?: string;
  /**
   * How far an input may move: 0.1 (pixels are 0..1), '8/255'; for a table also '0.1sd' (standard deviations of a
   * column) or 'age=2,job=any'.
   */
  readonly epsilon?: number | string;
  /** How distance is measured. @default 'linf' */
  readonly norm?: Norm;
  /**
   * feasibility: can another class win? closest: how near is an input with another class? targeted: can the class
   * (label + 5) mod 10 win by a fifth?
   * @default 'feasibility'
   */
  readonly goal?: Goal;
  /** File with a JSON array: the weight of each input in the distance. */
  readonly weights?: string;
  /** Of a network that was trained on normalised inputs: its file takes (scale x - mean) / std. */
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
  readonly scale?: PerChannel;
  /** Path of a VNN-LIB property, instead of rows. */
  readonly vnnlib?: string;
  /** For one question: where to write what `mipnet check` accepts about the verdict (.json, or .gz). */
  readonly certificate?: string;
  /** Seconds for each row or property. @default 120 */
  readonly timeLimit?: number;
  /** Name of the model's output, or of another value of its graph. @default the scores */
  readonly output?: string;
  /** Folder for witnesses (.npy and .png). @default the result holds their numbers */
  readonly out?: string;
  /** A data set by its name, instead of the one that the network was trained on. */
  readonly dataset?: string;
  /** Folder that holds data sets, such as mnist/. */
  readonly dataFolder?: string;
  /** Path of a table of your own, and its class column. */
  readonly file?: string;
  readonly class?: string | number;
  /** Other keys of the data set: `{ 'dataset.header': false }`. */
  readonly set?: Readonly<Record<string, unknown>>;
}

/** Several distances instead of one, for a curve of certified accuracy. */
export interface CurveOptions extends Omit<VerifyOptions, 'epsilon' | 'vnnlib' | 'certificate'> {
  /** Ascending; or as text: '0.01..0.1:10' (FROM..TO:COUNT). */
  readonly epsilons: readonly number[] | string;
}

/** Rows, and their classes from 0. */
export interface VerifyArrays extends Arrays {
  readonly labels?: ArrayLike<number>;
}

/** What `mipnet verify --json` prints. */
export interface VerifyResult extends VerifyReport, Completeness, Partial<Pick<CertifiedReport, 'certificate'>> {}

/** What `mipnet verify --epsilons LIST --json` prints. */
export interface CurveResult extends CurveReport, Completeness {}

/**
 * Certified verdicts: does every input near a row get its class, does a property hold. Proven verdicts are kept, so
 * that a question is answered once.
 * @param network path of an ONNX file
 * @throws MipnetError with `blame: 'input'` for a file or options that are wrong
 */
export async function verify(network: string, options: CurveOptions): Promise<CurveResult>;
export async function verify(network: string, options: VerifyOptions): Promise<VerifyResult>;
export async function verify(
  network: string,
  options: VerifyOptions & Partial<CurveOptions>,
): Promise<VerifyResult | CurveResult> {
  return withMipnetErrors(options.signal, async () => {
    await tightenFolders(mipnetPaths());
    const { input, labels } = options;
    if (input === undefined || typeof input === 'string')
      return verified(network, options, input === undefined ? { labels } : { features: input, labels });
    return withArrays(input, (files) => verified(network, options, { labels, ...files }));
  });
}

async function verified(
  network: string,
  options: VerifyOptions & Partial<CurveOptions>,
  { features, labels }: Partial<FilesOfArrays>,
): Promise<VerifyResult | CurveResult> {
  const { verifyNetwork } = await import('./verify-network.js');
  const { rows, epsilon, epsilons, norm = 'linf', goal = 'feasibility', timeLimit = 120, class: column } = options;
  const { weights, mean, std, scale, vnnlib, certificate, output, out, store, solver } = options;
  const { dataset, dataFolder, file, set } = options;
  const { report, incomplete, notes } = await verifyNetwork(
    network,
    {
      ...{ rows: listText(rows), input: features, labels, norm, goal, timeLimit, weights, vnnlib, certificate },
      ...{ epsilon: epsilon === undefined ? undefined : String(epsilon), epsilons: listText(epsilons) },
      ...{ mean: listText(mean), std: listText(std), scale: listText(scale) },
      ...{ output, out, store, solver, dataset, data: dataFolder, file },
      class: column === undefined ? undefined : String(column),
      set: settingsText(set ?? {}),
      ...engineOf(options),
    },
    watcherOf(options),
  );
  for (const note of notes) options.onMessage?.(note);
  return { ...report, incomplete };
}

/** A list as the command takes it. */
const listText = (list: PerChannel | string | undefined): string | undefined =>
  list === undefined ? undefined : typeof list === 'object' ? list.join(',') : String(list);
