// Tested by find-witness.unit.test.ts.
import type { Random } from '@mipnet/dataset/stored';
import { choiceAt, countOf, type OneHotGroup } from '@mipnet/encoding';
import { project } from '../project.js';
import { isUnsafe, unsafeValue, type Query } from '../query.js';
import { isRound, type Region } from '../region.js';
import type { Score } from './score.js';

export interface CoordinateAttackOptions {
  readonly start: Float64Array;
  readonly evaluations: number;
  readonly random: Random;
  /** Called with every point; true ends the attack. */
  readonly inspect: (point: Float64Array, value: number, unsafe: boolean) => boolean;
}

// Candidates per round: enough for an efficient batch, few enough to continue soon from a better one.
const CANDIDATES = 32;

/**
 * Greedy search by scores alone, for networks of steps and signs, whose gradient is only a guess, and for inputs with
 * choices. Each round moves some inputs to an end of their interval or to another choice, in 32 ways, and continues
 * from the best candidate unless it is worse. Equal candidates are accepted, because scores of such networks have
 * plateaus. The number of inputs that move shrinks from a tenth to one (as the squares of Andriushchenko et al.'s
 * Square Attack, without the squares).
 */
export function coordinateAttack(score: Score, { region, unsafe }: Query, options: CoordinateAttackOptions): void {
  const { lower, upper } = region.box;
  const groupOf = new Map((region.groups ?? []).flatMap((group) => Array.from(group.inputs, (i) => [i, group])));
  const movable = Int32Array.from(lower.keys()).filter((i) => upper[i] > lower[i]);
  if (movable.length === 0) return;
  const size = lower.length;
  const { random } = options;
  let current = project(region, options.start);
  let value = -Infinity;
  const rounds = Math.ceil(options.evaluations / CANDIDATES);
  const batch = new Float64Array(CANDIDATES * size);

  for (let round = 0; round < rounds; round++) {
    const few = Math.max(1, Math.round((movable.length / 10) * (1 - round / rounds) ** 2));
    for (let sample = 0; sample < CANDIDATES; sample++) {
      const candidate = current.slice();
      for (let move = 0; move < few; move++) {
        const i = movable[random.integer(movable.length)];
        const choices = region.choices?.[i];
        const group = groupOf.get(i);
        if (group) chooseOf(region, candidate, group, i);
        else if (choices) candidate[i] = choiceAt(choices, random.integer(countOf(choices)));
        else candidate[i] = candidate[i] > (lower[i] + upper[i]) / 2 ? lower[i] : upper[i];
      }
      batch.set(isRound(region.ball) ? project(region, candidate) : candidate, sample * size);
    }
    const outputs = score.outputs(batch, CANDIDATES);
    for (let sample = 0; sample < CANDIDATES; sample++) {
      const at = sample * score.outputSize;
      const found = unsafeValue(unsafe, outputs, at);
      const candidate = batch.subarray(sample * size, (sample + 1) * size);
      if (options.inspect(candidate, found, isUnsafe(unsafe, outputs, at))) return;
      if (found >= value) {
        value = found;
        current = candidate.slice();
      }
    }
  }
}

/** One input of a group gets its larger number, the others their smaller one. */
function chooseOf({ choices }: Region, point: Float64Array, { inputs }: OneHotGroup, chosen: number): void {
  for (const i of inputs) {
    const own = choices![i]!;
    point[i] = choiceAt(own, i === chosen ? countOf(own) - 1 : 0);
  }
}
