import { networkDomain, outputSize, inputSize, type Network } from '@mipnet/network';
import { countVerdicts, imageShape, misclassificationOf, query, readVnnlib, VerifySlots, writeWitness, type Verdict, type VerdictCounts, type VerifyTask } from '@mipnet/verification';
import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { readNetwork } from './evaluate-network.js';
import { imageRegions, type ImageOptions } from './image-regions.js';

export interface VerifyOptions extends ImageOptions {
  /** Property file, plain or gzip; instead of images. */
  readonly vnnlib?: string;
  /** Seconds for each image or property. */
  readonly timeLimit: number;
  readonly slots: number;
  /** Folder for witnesses. */
  readonly out?: string;
  readonly json?: boolean;
}

/** One line of `verify --json`. */
interface Result {
  readonly image: number | null;
  readonly label: number | null;
  readonly verdict: Verdict['verdict'];
  readonly by: Verdict['by'];
  readonly seconds: number;
  /** Certified lower bound on how far the worst input stays from unsafe: above 0 is robust. Null: none, or nothing is unsafe. */
  readonly bound: number | null;
  /** The same at the worst input that was seen. */
  readonly best: number | null;
  /** Its file with --out, otherwise its numbers. */
  readonly witness: string | readonly number[] | null;
}

/** What `verify --json` prints: part of the command's contract. */
export interface VerifyReport {
  readonly network: string;
  readonly property?: string;
  readonly epsilon: number | null;
  readonly norm: string | null;
  readonly results: readonly Result[];
  readonly totals: VerdictCounts & { readonly queries: number; readonly seconds: number };
}

/** What is asked, one by one, and where its answer goes. */
interface Asked {
  readonly name: string;
  readonly image: number | null;
  readonly label: number | null;
  readonly original?: Float64Array;
  readonly about: VerifyTask['about'];
}

/** `mipnet verify`: certified verdicts on images or on a VNN-LIB property. */
export async function verify(file: string, options: VerifyOptions): Promise<number> {
  const began = performance.now();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const network = await readNetwork(file);
  const asked = await questions(network, file, options, say);
  const slots = new VerifySlots(await readFile(file), Math.min(options.slots, asked.length));
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    let done = 0;
    const results = await Promise.all(asked.map(async (one) => {
      const verdict = await answer(slots, one, options.timeLimit, interrupt.signal, say);
      const result = await resultOf(network, one, verdict, options.out);
      say(`  ${++done}/${asked.length} ${one.name}: ${result.verdict}${verdict.by === null ? '' : ` by ${verdict.by}`}, ${verdict.seconds.toFixed(1)} s`);
      return result;
    }));
    const report: VerifyReport = {
      network: file,
      ...(options.vnnlib === undefined ? { epsilon: Number(options.epsilon), norm: options.norm } : { property: options.vnnlib, epsilon: null, norm: null }),
      results,
      totals: { queries: results.length, ...countVerdicts(results), seconds: (performance.now() - began) / 1000 },
    };
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : summaryOf(report));
    return interrupt.signal.aborted ? exitCode.stopped : exitCode.done;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await slots.close();
  }
}

async function questions(network: Network, file: string, options: VerifyOptions, say: (line: string) => void): Promise<Asked[]> {
  if (options.vnnlib === undefined) {
    // Integer scores often tie, and `classify` breaks ties by the lowest class; real scores that tie count as mistaken.
    const ties = networkDomain(network) === 'real' ? 'unsafe' : 'lowest';
    return (await imageRegions(network, file, options, say)).map(({ image, label, region }) => ({
      name: `image ${image}`, image, label, original: region.ball?.centre, about: { query: query(region, misclassificationOf(network, label, ties)) },
    }));
  }
  const clash = (['images', 'epsilon', 'dataset'] as const).find((name) => options[name] !== undefined);
  if (clash !== undefined) throw new CliError('bad-input', `--vnnlib names the inputs and the question itself; leave out --${clash}`);
  const property = await readVnnlib(options.vnnlib);
  if (property.inputs !== inputSize(network) || property.outputs !== outputSize(network)) {
    throw new CliError('bad-input', `${options.vnnlib} is about ${property.inputs} inputs and ${property.outputs} outputs, but ${file} has ${inputSize(network)} and ${outputSize(network)}`);
  }
  for (const contradiction of property.contradictions) say(`${options.vnnlib}: ${contradiction}`);
  return [{ name: 'property', image: null, label: null, about: { property } }];
}

/** A thread that died, or a proof and a point that contradict each other, leave one question open; anything else is wrong for all. */
async function answer(slots: VerifySlots, { name, about }: Asked, timeLimit: number, signal: AbortSignal, say: (line: string) => void): Promise<Verdict> {
  const open: Verdict = { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0 };
  const began = performance.now();
  try {
    return await slots.verify({ about, timeLimit }, { signal });
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code !== 'crash' && code !== 'certificate' && code !== 'unsound') throw error;
    say(`  ${name}: ${message}`);
    return { ...open, seconds: (performance.now() - began) / 1000 };
  }
}

async function resultOf(network: Network, { name, image, label, original }: Asked, verdict: Verdict, out: string | undefined): Promise<Result> {
  const { witness } = verdict;
  const isShown = witness !== undefined && verdict.verdict === 'adversarial';
  const shape = network.inputShape;
  const files = isShown && out !== undefined
    ? await writeWitness(out, name.replace(' ', '-'), witness, { shape, original, image: imageShape(shape) })
    : undefined;
  return {
    image, label, verdict: verdict.verdict, by: verdict.by, seconds: verdict.seconds, bound: finiteOrNull(verdict.bound), best: finiteOrNull(verdict.best),
    witness: files?.array ?? (isShown ? Array.from(witness.input) : null),
  };
}

/** JSON has no infinity. */
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function summaryOf({ totals, results }: VerifyReport): string {
  const counts = (['robust', 'adversarial', 'misclassified', 'unresolved'] as const).map((name) => `${totals[name]} ${name}`).join(', ');
  const files = results.flatMap(({ witness }) => (typeof witness === 'string' ? [`  ${witness}\n`] : []));
  return `${counts} of ${totals.queries} in ${totals.seconds.toFixed(1)} s\n${files.length === 0 ? '' : `witnesses:\n${files.join('')}`}`;
}
