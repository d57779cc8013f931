import { filledOf, openDataset, readRows } from '@mipnet/dataset/stored';
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import type { CertifiedPoint } from '@mipnet/report';
import { getAnswers, getVerification, type ImageQuestions, type VerificationProblem } from '@mipnet/verification';
import { createHash } from 'node:crypto';
import { certifiedPoints, type DistanceVerdicts } from './certified-points.js';

/** A verification that has ended, as far as its curve needs it. */
export interface EndedVerification {
  readonly problem: ObjectRef;
  readonly solved: Solved;
  /** Of its network in a legend. */
  readonly series?: string;
}

/** The questions of a verification about images or rows; undefined for a property. */
export async function imageQuestions(
  store: ObjectStore,
  problem: ObjectRef,
): Promise<(VerificationProblem & { readonly questions: ImageQuestions }) | undefined> {
  const document = await getVerification(store, problem);
  if (document.stage !== 'run' || document.problem.questions.kind !== 'images') return undefined;
  return { ...document.problem, questions: document.problem.questions };
}

/** The verdicts of one verification, and what a curve may show beside them. */
interface AskedDistance extends DistanceVerdicts {
  readonly network: string;
  /** What a distance of 1 is; distances of different balls have no common axis. */
  readonly ball: string;
  readonly series?: string;
}

/**
 * The curve of certified accuracy of one network: verifications with the distances of `own` and about some of its rows.
 * Others say nothing about it.
 */
export async function certifiedCurve(
  store: ObjectStore,
  own: EndedVerification,
  others: readonly EndedVerification[],
): Promise<readonly CertifiedPoint[]> {
  const asked = await askedDistance(store, own);
  if (asked === undefined) return [];
  const related = (await askedDistances(store, others)).filter(
    ({ network, ball, verdicts }) =>
      network === asked.network && ball === asked.ball && [...verdicts.keys()].some((row) => asked.verdicts.has(row)),
  );
  return certifiedPoints([asked, ...related]);
}

/** Curves of several networks, one per series. If distances have different meanings, the most frequent one is shown. */
export async function certifiedCurves(
  store: ObjectStore,
  runs: readonly EndedVerification[],
): Promise<readonly CertifiedPoint[]> {
  const all = await askedDistances(store, runs);
  const balls = grouped(all, ({ ball }) => ball);
  const [shown = []] = balls.toSorted((one, other) => other.length - one.length);
  return grouped(shown, ({ series, network }) => `${series} ${network}`).flatMap((of) =>
    certifiedPoints(of, of[0].series),
  );
}

const grouped = <T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly T[])[] =>
  [...new Set(all.map(keyOf))].map((key) => all.filter((one) => keyOf(one) === key));

async function askedDistances(
  store: ObjectStore,
  runs: readonly EndedVerification[],
): Promise<readonly AskedDistance[]> {
  const all = await Promise.all(runs.map((run) => askedDistance(store, run).catch(() => undefined)));
  return all.filter((one) => one !== undefined);
}

async function askedDistance(
  store: ObjectStore,
  { problem, solved, series }: EndedVerification,
): Promise<AskedDistance | undefined> {
  const asked = await imageQuestions(store, problem);
  if (!asked || !solved.incumbent || asked.questions.goal !== 'feasibility') return undefined;
  const rows = await rowIds(store, asked.questions);
  const answers = await getAnswers(store, solved.incumbent).catch(() => []);
  const verdicts = new Map(answers.flatMap((answer, at) => (answer ? [[rows[at], answer.verdict.verdict]] : [])));
  const { epsilon } = asked.questions;
  return { epsilon, verdicts, network: asked.network.sha256, ball: ballOf(asked.questions), series };
}

/** The same for the same row of the same data: row 3 of a file is not row 3 of the test rows. */
async function rowIds(store: ObjectStore, { dataset, rows, images }: ImageQuestions): Promise<readonly string[]> {
  const { train } = await openDataset(store, dataset);
  const values = filledOf(await readRows(store, train, rows));
  const size = values.length / Math.max(1, rows.length);
  return Array.from(images, (number, at) => `${number} ${hashOf(values.subarray(at * size, (at + 1) * size))}`);
}

/** Norm, and how far each input may move at a distance of 1: 0.1sd and 0.2sd are distances of one ball. */
function ballOf({ norm, epsilon, weights, moves }: ImageQuestions): string {
  if (moves === undefined) return `${norm} ${weights === undefined ? '' : hashOf(weights)}`;
  const reach = Float64Array.from(moves.reach, (one) => Number((one / epsilon).toPrecision(6)));
  return `${norm} ${hashOf(reach)} ${hashOf(moves.whole)} ${moves.groups.map((group) => group.join()).join(' ')}`;
}

const hashOf = (values: NodeJS.ArrayBufferView): string => createHash('sha256').update(values).digest('hex');
