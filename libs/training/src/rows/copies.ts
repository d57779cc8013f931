import { affineCopies, eightNeighbours, fourNeighbours, selectRows, shiftImages, type Samples } from '@mipnet/dataset';
import type { View } from '../problem/training-problem.js';

/** Some rows of a view, one after the other. */
export type RowsOfView = Pick<View, 'rows' | 'copies'>;

/** Makes one training sample of each of some rows. `samples` are these rows, as they are stored. */
export type Copy = (samples: Samples, of: RowsOfView) => Samples;

type Copied = Pick<View, 'shifts' | 'affine' | 'copies'>;

/**
 * What a view trains on for each of its rows: the image itself first, then its shifted and its affine copies; or only
 * one of these, if the view says which. Copies are made from the rows that a worker has read, so no copy is stored, and
 * all workers make the same ones.
 */
export function copiesOf(view: Copied): readonly Copy[] {
  const all = allCopies(view);
  return view.copies === undefined ? all : [(samples, of) => chosenCopies(samples, of, all)];
}

function allCopies({ shifts, affine }: Copied): readonly Copy[] {
  const neighbours = shifts === 8 ? eightNeighbours : shifts === 4 ? fourNeighbours : [];
  return [
    (samples) => samples,
    ...neighbours.map(
      (shift): Copy =>
        (samples) =>
          shiftImages(samples, shift),
    ),
    ...Array.from({ length: affine?.copies ?? 0 }, (_, number): Copy => {
      const { seed, copies: _copies, ...ranges } = affine!;
      return (samples, { rows }) => affineCopies(samples, rows, ranges, { seed, number });
    }),
  ];
}

/** The copy of each row that the view names. */
function chosenCopies(
  samples: Samples,
  { rows, copies = new Int32Array(rows.length) }: RowsOfView,
  all: readonly Copy[],
) {
  const { size } = samples;
  const features = samples.features.slice();
  for (const number of new Set(copies)) {
    const positions = [...copies.keys()].filter((at) => copies[at] === number);
    const own = { rows: Int32Array.from(positions, (at) => rows[at]) };
    const made = all[number](selectRows(samples, positions), own).features;
    positions.forEach((at, k) => features.set(made.subarray(k * size, (k + 1) * size), at * size));
  }
  return { ...samples, features };
}

/** How many training samples a row of a view is, the image itself included. */
export const samplesPerRow = ({ shifts, affine, copies }: Copied): number =>
  copies === undefined ? 1 + shifts + (affine?.copies ?? 0) : 1;

/** Some rows of a view, from one position to before another. */
export const partOfView = ({ rows, copies }: RowsOfView, from: number, to: number): RowsOfView => ({
  rows: rows.subarray(from, to),
  ...(copies && { copies: copies.subarray(from, to) }),
});

/** The rows of a view at some of its positions. */
export const chosenOfView = ({ rows, copies }: RowsOfView, positions: Int32Array): RowsOfView => ({
  rows: positions.map((position) => rows[position]),
  ...(copies && { copies: positions.map((position) => copies[position]) }),
});

/** Whether the first sample of a row of a view is an image as the data set has it, and no copy of one. */
export const isImage = ({ rows, copies, images = Infinity }: RowsOfView & Pick<View, 'images'>, position: number) =>
  copies === undefined ? rows[position] < images : copies[position] === 0;

/** The same samples with a row of the view for each one, so that single copies can be chosen: first all images. */
export function eachCopy(view: View): View {
  const times = samplesPerRow(view);
  if (times === 1) return view;
  const { length } = view.rows;
  const repeated = (of: Int32Array): Int32Array =>
    Int32Array.from({ length: times * length }, (_, k) => of[k % length]);
  return {
    ...view,
    rows: repeated(view.rows),
    labels: repeated(view.labels),
    copies: Int32Array.from({ length: times * length }, (_, k) => Math.floor(k / length)),
  };
}

/** Of a view whose samples are its images alone; rows that are single copies stay what they are. */
export const withoutCopies = (view: View): View =>
  view.copies === undefined ? { ...view, shifts: 0, affine: undefined } : view;
