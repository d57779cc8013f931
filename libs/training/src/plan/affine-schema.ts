// Tested by choose-view.unit.test.ts.
import { defaultAffine } from '@mipnet/dataset';
import * as z from 'zod';
import type { View } from '../problem/training-problem.js';
import { atMost } from '../splits/option-types.js';

const copies = atMost(200).describe('affine copies of every training image');
const most = (limit: number) => z.number().nonnegative().max(limit).optional();

/** `dataset.affine` of a plan: a number of copies, or a mapping. */
export const affineSchema = z.union([
  copies,
  z.strictObject({
    copies,
    rotate: most(180).describe(`rotation in degrees, at most so much to either side; ${defaultAffine.rotate}`),
    scale: most(0.9).describe(`change of size as a share, up or down; ${defaultAffine.scale}`),
    shear: most(2).describe(`slant: columns per row, to either side; ${defaultAffine.shear}`),
    shift: most(1).describe(`move as a share of the image's side, to either side; ${defaultAffine.shift}`),
  }),
]);

/** The same with all ranges, and the seed that the copies are drawn with. */
export function affineOf(
  spec: z.infer<typeof affineSchema> | undefined,
  seed: number,
): NonNullable<View['affine']> | undefined {
  if (spec === undefined) return undefined;
  return { ...defaultAffine, ...(typeof spec === 'number' ? { copies: spec } : spec), seed };
}
