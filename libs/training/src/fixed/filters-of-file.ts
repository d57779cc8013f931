// Tested by ../plan/fixed-layers.unit.test.ts.
import { parseNpy } from '@mipnet/dataset';
import { readFileSync, statSync } from 'node:fs';
import { TrainingError } from '../problem/training-error.js';
import type { FilterShape } from './fixed-filters.js';

/** Bytes. As many as the weights of the largest network in float64, and a header. */
const mostBytes = 4_000_000 * 8 + 2 ** 16;

/**
 * Filters of a plan's own: a .npy file with an array of [filters, channels, side, side].
 * @param key the plan's key, for messages
 * @throws TrainingError 'plan' for a file that cannot be read, another shape, and weights that are no finite numbers
 */
export function filtersOfFile(file: string, { filters, channels, kernel }: FilterShape, key: string): Float64Array {
  const refuse = (why: string, cause?: unknown): never => {
    throw new TrainingError('plan', `${key}: ${file} ${why}`, { cause });
  };
  const { shape, values } = read(file, refuse);
  const wanted = [filters, channels, kernel, kernel];
  if (shape.length !== 4 || shape.some((side, axis) => side !== wanted[axis]))
    refuse(
      `is an array of [${shape.join(', ')}]; the layer needs [${wanted.join(', ')}], that is filters, channels of its ` +
        'input, rows, columns',
    );
  if (typeof values[0] === 'string') refuse('holds texts; filters are numbers');
  const weights = Float64Array.from(values as ArrayLike<number>);
  const wrong = weights.findIndex((weight) => !Number.isFinite(weight));
  if (wrong >= 0) refuse(`has the weight ${weights[wrong]} (number ${wrong}); weights are finite numbers`);
  return weights;
}

function read(file: string, refuse: (why: string, cause?: unknown) => never): ReturnType<typeof parseNpy> {
  try {
    const found = statSync(file);
    if (!found.isFile()) return refuse('is not a file');
    if (found.size > mostBytes) return refuse(`is larger than ${mostBytes} bytes, the most that is read`);
    return parseNpy(readFileSync(file), 'it');
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(isMissing ? 'does not exist' : `cannot be read: ${(cause as Error).message}`, cause);
  }
}
