import type { Loss } from './loss.js';
import { violations, weighted } from '../margin-expressions.js';

/** Hinge loss max(0, rho - margin); of several classes that of Crammer and Singer. */
export const hinge: Loss = {
  of: (margin, rho) => Math.max(0, rho - margin),
  encode: (context) => weighted(violations(context, context.margin)),
};
