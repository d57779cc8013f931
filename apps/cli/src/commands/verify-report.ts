import type { Network } from '@mipnet/network';
import type { VerdictCounts } from '@mipnet/recursion';
import { countVerdicts, imageShape, writeWitness, type Verdict } from '@mipnet/verification';
import type { VerifyOptions } from './verify.js';
import type { AskedQuestion } from './verify-questions.js';

/** One line of `verify --json`. */
interface Result {
  readonly image: number | null;
  readonly label: number | null;
  readonly verdict: Verdict['verdict'];
  readonly by: Verdict['by'];
  readonly seconds: number;
  /**
   * Certified lower bound: for `feasibility` and `targeted` on how far the worst input stays from unsafe (above 0: robust),
   * for `closest` on the distance of the nearest unsafe input. Null: none, or nothing is unsafe.
   */
  readonly bound: number | null;
  /** The same at the best input that was seen. */
  readonly best: number | null;
  /** Why it is unresolved, where that is not a limit; or that float64 arithmetic finds the witness safe. */
  readonly note?: string;
  /** Its file with --out, otherwise its numbers. */
  readonly witness: string | readonly number[] | null;
}

/** What `verify --json` prints: part of the command's contract. */
export interface VerifyReport {
  readonly network: string;
  readonly property?: string;
  readonly goal: string;
  readonly epsilon: number | null;
  readonly norm: string | null;
  /** Null when every verdict was known before. */
  readonly run: string | null;
  readonly workflowId: string | null;
  readonly uiUrl: string | null;
  readonly results: readonly Result[];
  /** `reused`: verdicts that an earlier run has kept. */
  readonly totals: VerdictCounts & { readonly queries: number; readonly reused: number; readonly seconds: number };
}

interface Told {
  readonly network: Network;
  readonly file: string;
  readonly options: VerifyOptions;
  readonly reused: number;
  readonly run: Pick<VerifyReport, 'workflowId' | 'uiUrl'> & { readonly run: string } | null;
  readonly seconds: () => number;
}

const unknown: Verdict = { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0 };

/** Every verdict in the order asked; witnesses go to the folder of --out. */
export async function verifyReport(asked: readonly AskedQuestion[], verdictOf: (one: AskedQuestion) => Verdict | undefined, told: Told): Promise<VerifyReport> {
  const { options, run } = told;
  const results: Result[] = [];
  for (const one of asked) results.push(await resultOf(told, one, verdictOf(one) ?? unknown));
  return {
    network: told.file,
    ...(options.vnnlib === undefined ? { epsilon: Number(options.epsilon), norm: options.norm } : { property: options.vnnlib, epsilon: null, norm: null }),
    goal: options.goal,
    run: run?.run ?? null, workflowId: run?.workflowId ?? null, uiUrl: run?.uiUrl ?? null,
    results,
    totals: { queries: results.length, ...countVerdicts(results), reused: told.reused, seconds: told.seconds() },
  };
}

async function resultOf({ network, options }: Told, { name, image, label, original }: AskedQuestion, verdict: Verdict): Promise<Result> {
  const { witness } = verdict;
  const isShown = witness !== undefined && verdict.verdict === 'adversarial';
  const shape = network.inputShape;
  const files = isShown && options.out !== undefined
    ? await writeWitness(options.out, name.replace(' ', '-'), witness, { shape, original, image: imageShape(shape) })
    : undefined;
  return {
    image, label, verdict: verdict.verdict, by: verdict.by, seconds: verdict.seconds, bound: finiteOrNull(verdict.bound), best: finiteOrNull(verdict.best),
    witness: files?.array ?? (isShown ? Array.from(witness.input) : null),
    ...(verdict.note !== undefined && { note: verdict.note }),
  };
}

/** JSON has no infinity. */
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

export function summaryOf({ totals, results, goal }: VerifyReport): string {
  const counts = (['robust', 'adversarial', 'misclassified', 'unresolved'] as const).map((name) => `${totals[name]} ${name}`).join(', ');
  const lines = [`${counts} of ${totals.queries} in ${totals.seconds.toFixed(1)} s${totals.reused > 0 ? `, ${totals.reused} of them known before` : ''}`];
  for (const { image, label, verdict, by, bound, best, seconds, witness, note } of results) {
    const values = [bound === null ? null : `bound ${bound.toPrecision(4)}`, best === null ? null : `${goal === 'closest' ? 'nearest' : 'best'} ${best.toPrecision(4)}`];
    const facts = [verdict, by === null ? null : `by ${by}`, ...values, `${seconds.toFixed(1)} s`, typeof witness === 'string' ? witness : null, note ?? null];
    lines.push(`  ${image === null ? 'property' : `image ${image} (class ${label})`}: ${facts.filter((fact) => fact !== null).join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}
