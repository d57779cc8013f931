import type { Shape } from '../shape.js';
import type { Refuse } from './layer-kind.js';

export function requireImage(input: Shape, refuse: Refuse): void {
  if (input.length !== 3)
    refuse('shape', `it needs channels x rows x columns, but its input has shape [${input.join(', ')}]`);
}

export function requireLength(name: string, numbers: Float64Array, length: number, refuse: Refuse): void {
  if (numbers.length !== length) refuse('shape', `${name} has ${numbers.length} numbers, not ${length}`);
}

export function requireIntegers(fields: Record<string, readonly number[]>, least: number, refuse: Refuse): void {
  for (const [name, numbers] of Object.entries(fields)) {
    if (!numbers.every((number) => Number.isInteger(number) && number >= least)) {
      refuse('value', `${name} is ${numbers.join(', ')}; give integers of at least ${least}`);
    }
  }
}
