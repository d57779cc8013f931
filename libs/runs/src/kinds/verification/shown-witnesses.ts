// Tested by ../../../../../apps/cli/src/e2e/report.e2e.test.ts.
import { filledOf, openDataset, readRows } from '@mipnet/dataset/stored';
import type { ObjectStore } from '@mipnet/object-store';
import { pictureShape, type PictureShape, type ShownWitness } from '@mipnet/report';
import type { Answers, ImageQuestions } from '@mipnet/verification';

/** Most witnesses that a page shows. */
const most = 100;

export interface ShownWitnesses {
  readonly witnesses: readonly ShownWitness[];
  readonly picture?: PictureShape;
}

/** The witnesses of images with their originals; none for rows of a table. */
export async function shownWitnesses(
  store: ObjectStore,
  questions: ImageQuestions,
  answers: Answers,
): Promise<ShownWitnesses> {
  const { train: table, classes, inputShape } = await openDataset(store, questions.dataset);
  const picture = table.columns ? undefined : pictureShape(inputShape);
  if (picture === undefined) return { witnesses: [] };
  const found = answers
    .flatMap((answer, at) =>
      answer?.verdict.verdict === 'adversarial' && answer.verdict.witness
        ? [{ answer, witness: answer.verdict.witness, row: questions.rows[at] }]
        : [],
    )
    .slice(0, most);
  const samples = await readRows(
    store,
    table,
    Int32Array.from(found, ({ row }) => row),
  );
  const originals = filledOf(samples);
  const size = originals.length / Math.max(1, found.length);
  const nameOf = (label: number): string => classes[label] ?? String(label);
  return {
    picture,
    witnesses: found.map(({ answer: { name, label }, witness }, at) => ({
      name,
      label: label === null ? null : nameOf(label),
      becomes: nameOf(predicted(witness.runtimeOutputs)),
      original: originals.subarray(at * size, (at + 1) * size),
      witness: witness.input,
      distance: witness.distance,
    })),
  };
}

/** One output scores class 1 against class 0. */
const predicted = (outputs: Float64Array): number =>
  outputs.length === 1 ? Number(outputs[0] > 0) : outputs.indexOf(Math.max(...outputs));
