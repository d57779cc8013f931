// Tested by ../e2e/verify.e2e.test.ts.
import type { NetworkFileOptions, VerifyAsked } from '@mipnet/runs/records';
import { resolve } from 'node:path';
import type { QuestionOptions } from './asked-question.js';

/** The part of a run's record about a verification: facts for people, and arguments that repeat it from any folder. */
export function verifyAskedOf(
  network: string,
  { vnnlib, set = [], ...options }: QuestionOptions & NetworkFileOptions & { readonly timeLimit: number },
): VerifyAsked {
  const path = (given: string | undefined): string | undefined => (given === undefined ? undefined : resolve(given));
  const about: readonly (readonly [string, unknown])[] =
    vnnlib === undefined
      ? [
          ['dataset', options.dataset],
          ['data', path(options.data)],
          ['file', path(options.file)],
          ['class', options.class],
          ['test', path(options.test)],
          ['test-fraction', options.testFraction],
          ['split-seed', options.splitSeed],
          ...set.map((setting) => ['set', setting] as const),
          ['images', options.images],
          ['rows', options.rows],
          ['input', path(options.input)],
          ['labels', path(options.labels)],
          ['mean', options.mean],
          ['std', options.std],
          ['scale', options.scale],
          ['epsilon', options.epsilon],
          ['norm', options.norm],
          ['goal', options.goal],
          ['weights', path(options.weights)],
        ]
      : [['vnnlib', path(vnnlib)]];
  const said = [...about, ['output', options.output] as const, ['solver', options.solver] as const]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)] as const);
  const { timeLimit } = options;
  return {
    kind: 'verify',
    network,
    facts: [['network', network], ...said, ['time limit', `${timeLimit} s`]],
    args: [network, ...said.flatMap(([name, value]) => [`--${name}`, value]), '--time-limit', String(timeLimit)],
  };
}
