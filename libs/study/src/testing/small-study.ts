import { seededRandom } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { StudyQuery } from '../plan/study-schema.js';
import { questionOf, type Question } from '../question.js';

/** A relu network with random ternary weights and small biases. */
export function randomNetwork(sizes: readonly number[], seed: number): Network {
  const random = seededRandom(seed, 'network');
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const layers = sizes.slice(1).flatMap((outputs, k): Network['layers'] => {
    const inputs = sizes[k];
    const dense = {
      kind: 'dense' as const,
      inputs,
      outputs,
      weights: Float64Array.from({ length: inputs * outputs }, () => Math.round(between(-1.4, 1.4))),
      bias: Float64Array.from({ length: outputs }, () => between(-0.5, 0.5)),
    };
    return k === sizes.length - 2 ? [dense] : [dense, { kind: 'activation', activation: 'relu' }];
  });
  return { inputShape: [sizes[0]], layers };
}

export const targetedL1: StudyQuery = { ask: 'targeted', norm: 'l1', factor: 1.2, reach: 0.8 };
export const marginLinf: StudyQuery = { ask: 'margin', norm: 'linf', radius: 0.3 };

/** A question about a random network at a random point, and a label. */
export function smallQuestion(
  asked: StudyQuery,
  seed: number,
  sizes: readonly number[] = [3, 4, 3, 3],
): { readonly network: Network; readonly question: Question } {
  const network = randomNetwork(sizes, seed);
  const random = seededRandom(seed, 'point');
  return {
    network,
    question: questionOf(
      asked,
      network,
      seed,
      Float64Array.from({ length: sizes[0] }, () => random.uniform()),
      seed % sizes.at(-1)!,
    ),
  };
}
