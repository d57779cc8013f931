import { filledOf, openDataset, readRows } from '@mipnet/dataset/stored';
import { outputSize, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { misclassificationOf, targeted } from '../misclassification.js';
import { query, type Conjunction, type Query } from '../query.js';
import { ballRegion } from '../region.js';
import { rowRegion } from '../row-region.js';
import { VerificationError } from '../verification-error.js';
import { vnnlibQueries } from '../vnnlib/property.js';
import { nameOfQuestion, type ImageQuestions, type VerificationProblem } from './verification-problem.js';

/** One question with its queries: it is robust if all of them are. */
export interface Question {
  readonly name: string;
  readonly label: number | null;
  readonly queries: readonly Query[];
}

/** The questions of a problem, the images read from the store. @throws as `query`, `ballRegion`, `readRows` */
export async function readQuestions(
  store: ObjectStore,
  problem: VerificationProblem,
  network: Network,
): Promise<Question[]> {
  const { questions } = problem;
  if (questions.kind === 'property')
    return [{ name: 'property', label: null, queries: vnnlibQueries(questions.property) }];
  const { train: table } = await openDataset(store, questions.dataset);
  const rows = await readRows(store, table, questions.rows);
  return Array.from(questions.rows, (_, at): Question => {
    const centre = filledOf({ ...rows, features: rows.features.subarray(at * rows.size, (at + 1) * rows.size) });
    const label = rows.labels[at];
    return { name: nameOfQuestion(problem, at), label, queries: [imageQuery(network, questions, centre, label)] };
  });
}

/** What is asked about one image or row. */
export function imageQuery(
  network: Network,
  asked: Omit<ImageQuestions, 'kind' | 'dataset' | 'rows' | 'images' | 'noun' | 'keys'>,
  centre: Float64Array,
  label: number,
): Query {
  const { norm, epsilon, weights, moves, goal, ties } = asked;
  const region =
    moves === undefined
      ? ballRegion({ norm, centre, radius: epsilon, weights })
      : rowRegion(centre, moves, { norm, radius: epsilon, isAsked: goal === 'closest' });
  return query(region, unsafeFor(network, goal, label, ties), goal === 'closest' ? 'closest' : 'any');
}

function unsafeFor(
  network: Network,
  goal: ImageQuestions['goal'],
  label: number,
  ties: ImageQuestions['ties'],
): readonly Conjunction[] {
  if (goal !== 'targeted') return misclassificationOf(network, label, ties);
  const classes = outputSize(network);
  if (classes < 2)
    throw new VerificationError(
      'query',
      "'targeted' needs a score for each class, and this network has one output; ask for feasibility",
    );
  return targeted(targetOf(label, classes), classes);
}

/**
 * The class that `targeted` aims at: (label + 5) mod 10 of ten classes (Fischetti & Jo 2018), (label + classes / 2) mod
 * classes of any other number.
 */
export const targetOf = (label: number, classes: number): number => (label + Math.floor(classes / 2)) % classes;
