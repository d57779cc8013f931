// Tested by price-neurons.unit.test.ts.
import type { Family } from '../family.js';

/**
 * The edge of a neuron as a function of its spread |sum of gains that it fires on - sum of the others|. With T the sum
 * of all gains and F of those it fires on, the spread is |2F - T|: the edge of a sign neuron. A step neuron or its
 * opposite has max(|F|, |T - F|) = (|2F - T| + |T|) / 2. So search and proof maximise the spread for both.
 */
export const edgeOfSpread = (activation: Family['activation'], spread: number, total: number): number =>
  activation === 'sign' ? spread : (spread + Math.abs(total)) / 2;

export const spreadOfEdge = (activation: Family['activation'], edge: number, total: number): number =>
  activation === 'sign' ? edge : 2 * edge - Math.abs(total);
