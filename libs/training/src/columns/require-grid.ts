import { TrainingError } from '../problem/training-error.js';

/** The step of the inputs of columns. @throws TrainingError 'problem' for inputs that lie on no grid */
export function requireGrid(name: string, grid: number | null): number {
  if (grid !== null) return grid;
  throw new TrainingError(
    'problem',
    `${name}: columns needs inputs on a grid, because it computes in whole numbers; put {thermometer: 10} or ` +
      '{quantize: 16} before the last layer',
  );
}
