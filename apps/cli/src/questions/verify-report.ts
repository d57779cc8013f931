import { classNamesIn, transformationIn } from '@mipnet/runs/here';
import type { Network } from '@mipnet/network';
import type { VerdictCounts } from '@mipnet/recursion';
import {
  countVerdicts,
  hasIntegerScores,
  imageShape,
  isSettled,
  squareImage,
  whyOpen,
  writeWitness,
  type Verdict,
  type WhyOpen,
} from '@mipnet/verification';
import { changesOf, type Changes } from './changes.js';
import type { AskedQuestion, QuestionOptions, Questions } from './asked-question.js';

/** One line of `verify --json`. */
export interface VerifyResult {
  /** Number of an image; null for a row or a property. */
  readonly image: number | null;
  /** Number of a table's row; null for an image or a property. */
  readonly row: number | null;
  readonly label: number | null;
  /** Name of that class. */
  readonly class: string | null;
  readonly verdict: Verdict['verdict'];
  readonly by: Verdict['by'];
  readonly seconds: number;
  /**
   * Certified lower bound: for `feasibility` and `targeted` on how far the worst input stays from unsafe (above 0:
   * robust), for `closest` on the distance of the nearest unsafe input. Null: none, or nothing is unsafe.
   */
  readonly bound: number | null;
  /** The same at the best input that was seen. */
  readonly best: number | null;
  /**
   * The question is decided. False: unresolved, or for `closest` the nearest distance is only known to lie between
   * `bound` and `best`.
   */
  readonly settled: boolean;
  /** Why it is not decided, if the time limit is not the reason. */
  readonly reason: string | null;
  /** Of a question that is not decided: how far its bounds got, and where its time went. */
  readonly open: WhyOpen | null;
  /** Its file with --out, otherwise its numbers. */
  readonly witness: string | readonly number[] | null;
  /** Of a witness of a table's row: what it changes, by column. */
  readonly changes?: Changes;
}

/** The document of `verify --json`: part of the command's contract. */
export interface VerifyReport {
  readonly network: string;
  readonly property?: string;
  /** What is done to images before the network reads them: verdicts are about the pixels behind it. */
  readonly transformation?: 'deskew';
  readonly goal: string;
  /** For a table as it was asked for, such as `0.1sd,age=2`. */
  readonly epsilon: number | string | null;
  readonly norm: string | null;
  /**
   * Of `bound` and `best`: votes or score of the class minus those of another, the property's outputs, or a distance;
   * in a table also a distance in standard deviations of the columns, or in epsilons.
   */
  readonly unit: 'votes' | 'score' | 'output' | 'distance' | 'sd' | 'epsilon';
  /** Null when every verdict was known before. */
  readonly run: string | null;
  readonly workflowId: string | null;
  readonly uiUrl: string | null;
  readonly results: readonly VerifyResult[];
  /** `reused`: verdicts that an earlier run has kept. */
  readonly totals: VerdictCounts & {
    readonly queries: number;
    readonly reused: number;
    readonly seconds: number;
    /** Fraction of the images that the network classifies correctly, 0..1; null for a property. */
    readonly accuracy: number | null;
    /**
     * Fraction of the images that it classifies correctly and is proven robust on, 0..1; null for a property and for
     * other goals than `feasibility`.
     */
    readonly certifiedAccuracy: number | null;
    /**
     * Fraction of the images or rows that it classifies correctly and of which no witness was found, 0..1: no less than
     * the certified accuracy. Null if that is.
     */
    readonly attackFreeAccuracy: number | null;
  };
}

interface Told {
  readonly network: Network;
  readonly file: string;
  /** `out`: folder for witnesses. */
  readonly options: QuestionOptions & { readonly out?: string };
  readonly reach: Questions['reach'];
  readonly reused: number;
  readonly run: (Pick<VerifyReport, 'workflowId' | 'uiUrl'> & { readonly run: string }) | null;
  readonly seconds: number;
}

const unknown: Verdict = { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0 };

/** All verdicts in the order of the request; witnesses are written to the folder of --out. */
export async function verifyReport(
  asked: readonly AskedQuestion[],
  verdictOf: (one: AskedQuestion) => Verdict | undefined,
  told: Told,
): Promise<VerifyReport> {
  const { options, run } = told;
  const transformation = transformationIn(told.network, told.file);
  const results: VerifyResult[] = [];
  for (const one of asked) results.push(await resultOf(told, one, verdictOf(one) ?? unknown));
  return {
    network: told.file,
    ...(transformation && { transformation }),
    ...(options.vnnlib === undefined
      ? { epsilon: told.reach!.epsilon, norm: options.norm }
      : { property: options.vnnlib, epsilon: null, norm: null }),
    goal: options.goal,
    unit:
      options.vnnlib !== undefined
        ? 'output'
        : options.goal === 'closest'
          ? told.reach!.unit === 'raw'
            ? 'distance'
            : told.reach!.unit
          : hasIntegerScores(told.network)
            ? 'votes'
            : 'score',
    run: run?.run ?? null,
    workflowId: run?.workflowId ?? null,
    uiUrl: run?.uiUrl ?? null,
    results,
    totals: {
      queries: results.length,
      ...countVerdicts(results),
      reused: told.reused,
      seconds: told.seconds,
      ...accuraciesOf(results, options),
    },
  };
}

function accuraciesOf(
  results: readonly VerifyResult[],
  { vnnlib, goal }: QuestionOptions,
): Pick<VerifyReport['totals'], 'accuracy' | 'certifiedAccuracy' | 'attackFreeAccuracy'> {
  const share = (counts: (verdict: Verdict['verdict']) => boolean): number =>
    results.filter(({ verdict }) => counts(verdict)).length / results.length;
  // For `targeted` the centre may be misclassified without being a witness; images without a pass are not known to be
  // classified correctly.
  const isKnown = vnnlib === undefined && goal !== 'targeted' && results.length > 0;
  return {
    accuracy:
      isKnown && results.every(({ verdict, seconds }) => verdict !== 'unresolved' || seconds > 0)
        ? share((verdict) => verdict !== 'misclassified')
        : null,
    certifiedAccuracy: isKnown && goal === 'feasibility' ? share((verdict) => verdict === 'robust') : null,
    attackFreeAccuracy:
      isKnown && goal === 'feasibility' ? share((verdict) => verdict === 'robust' || verdict === 'unresolved') : null,
  };
}

async function resultOf(
  { network, options }: Told,
  { name, image, row, label, original, columns, queries, shape: imageIs }: AskedQuestion,
  verdict: Verdict,
): Promise<VerifyResult> {
  const { witness } = verdict;
  const settled = isSettled(queries[0] ?? { goal: 'any' }, verdict);
  const isShown = witness !== undefined && verdict.verdict === 'adversarial';
  const shape = network.inputShape;
  const files =
    isShown && options.out !== undefined
      ? await writeWitness(options.out, name.replace(' ', '-'), witness, {
          shape,
          original,
          image: columns ? undefined : (imageShape(shape) ?? imageShape(imageIs ?? []) ?? squareImage(shape)),
        })
      : undefined;
  return {
    image,
    row,
    label,
    class: label === null ? null : (classNamesIn(network)[label] ?? String(label)),
    verdict: verdict.verdict,
    by: verdict.by,
    seconds: verdict.seconds,
    bound: finiteOrNull(verdict.bound),
    best: finiteOrNull(verdict.best),
    settled,
    reason: verdict.reason ?? null,
    open: settled ? null : whyOpen(verdict),
    witness: files?.array ?? (isShown ? Array.from(witness.input) : null),
    ...(isShown && original && columns && { changes: changesOf(columns, original, witness.input) }),
  };
}

/** JSON has no infinity. */
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
