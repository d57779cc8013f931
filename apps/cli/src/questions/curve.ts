import type { VerifyReport, VerifyResult } from './verify-report.js';

/** What is known of one row for all distances. */
export interface CurveRow extends Pick<VerifyResult, 'image' | 'row' | 'label' | 'class'> {
  readonly misclassified: boolean;
  /** The largest distance for which it is proven robust; null: none. */
  readonly robustUpTo: string | null;
  /** The least distance with a witness; null: none. */
  readonly witnessAt: string | null;
  readonly witness: VerifyResult['witness'];
  /** The distance that is not decided; larger ones were not asked. */
  readonly openAt: string | null;
  /** Of that distance. */
  readonly open: VerifyResult['open'];
  readonly bound: VerifyResult['bound'];
  readonly reason: VerifyResult['reason'];
}

/** One distance. */
export interface CurvePoint {
  readonly epsilon: string;
  readonly robust: number;
  readonly adversarial: number;
  readonly misclassified: number;
  readonly unresolved: number;
  /** Fractions of all rows, 0..1, as `verify` quotes them. */
  readonly certifiedAccuracy: number;
  readonly attackFreeAccuracy: number;
  /** The run that answered what was not known before; null: none was needed. */
  readonly run: string | null;
  readonly seconds: number;
}

/** The document of `verify --epsilons --json`: part of the command's contract. */
export interface CurveReport {
  readonly network: string;
  readonly goal: string;
  readonly norm: string;
  /** Fraction of the rows that the network classifies correctly, 0..1. */
  readonly accuracy: number;
  readonly epsilons: readonly CurvePoint[];
  readonly results: readonly CurveRow[];
  readonly seconds: number;
}

interface Known {
  readonly result: VerifyResult;
  /** Position of the latest distance that was asked. */
  readonly at: number;
}

/** Collects the verdicts on rows, distance by distance, the smallest first. */
export class Curve {
  readonly #latest = new Map<number, Known>();
  readonly #runs: { readonly run: string | null; readonly seconds: number }[] = [];

  constructor(private readonly epsilons: readonly string[]) {}

  /**
   * @param at position of the distance
   * @param positions of the rows that were asked about, in the order of the report
   * @returns positions of the rows that are robust
   */
  add(at: number, positions: readonly number[], { results, run, totals }: VerifyReport): ReadonlySet<number> {
    positions.forEach((position, k) => this.#latest.set(position, { result: results[k], at }));
    this.#runs[at] = { run, seconds: totals.seconds };
    return new Set(positions.filter((_, k) => results[k].verdict === 'robust'));
  }

  report(asked: Pick<CurveReport, 'network' | 'goal' | 'norm'>, seconds: number): CurveReport {
    const known = [...this.#latest.entries()].sort(([one], [other]) => one - other).map(([, latest]) => latest);
    const right = known.filter(({ result }) => result.verdict !== 'misclassified').length;
    return {
      ...asked,
      accuracy: known.length === 0 ? 0 : right / known.length,
      epsilons: this.epsilons.map((_, at) => this.#pointAt(at, known)),
      results: known.map((one) => this.#rowOf(one)),
      seconds,
    };
  }

  #pointAt(at: number, known: readonly Known[]): CurvePoint {
    const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
    for (const one of known) counts[verdictAt(one, at)]++;
    const share = (count: number): number => (known.length === 0 ? 0 : count / known.length);
    return {
      epsilon: this.epsilons[at],
      ...counts,
      certifiedAccuracy: share(counts.robust),
      attackFreeAccuracy: share(counts.robust + counts.unresolved),
      run: this.#runs[at]?.run ?? null,
      seconds: this.#runs[at]?.seconds ?? 0,
    };
  }

  #rowOf({ result, at }: Known): CurveRow {
    const { image, row, label, class: name, verdict, witness, open, bound, reason } = result;
    const isRobust = verdict === 'robust';
    const firstLeft = isRobust ? this.epsilons[at + 1] : this.epsilons[at];
    return {
      image,
      row,
      label,
      class: name,
      misclassified: verdict === 'misclassified',
      robustUpTo: verdict === 'misclassified' ? null : (this.epsilons[isRobust ? at : at - 1] ?? null),
      witnessAt: verdict === 'adversarial' ? this.epsilons[at] : null,
      witness,
      openAt: isRobust || verdict === 'unresolved' ? (firstLeft ?? null) : null,
      open,
      bound,
      reason,
    };
  }
}

/** Of a distance that was not asked: a witness stays one, a smaller distance is robust if a larger one is. */
function verdictAt({ result, at: latest }: Known, at: number): VerifyResult['verdict'] {
  if (result.verdict === 'misclassified') return 'misclassified';
  if (at < latest) return 'robust';
  return at > latest && result.verdict === 'robust' ? 'unresolved' : result.verdict;
}
