import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of random numbers: the same seed and stream give the same numbers on every machine. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** Each of 0 .. below-1 equally likely. */
  integer(below: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<A extends { [index: number]: unknown; readonly length: number }>(items: A): A;
}

/**
 * A xoroshiro128+ generator. The 128 bits of state are a hash of the seed and the stream's name, so that two streams of
 * one seed ("batches" and "validation", or class 3 and class 4) are unrelated and adding a stream changes no other.
 */
export function seededRandom(seed: number, ...stream: readonly (number | string)[]): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is an integer, not ${seed}`);
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...stream]))
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  let spare: number | null = null;

  const uniform = (): number => uniformFloat64(generator);
  const integer = (below: number): number => {
    if (!Number.isSafeInteger(below) || below < 1) throw new RangeError(`no integer is below ${below}`);
    return uniformInt(generator, 0, below - 1);
  };
  /** Marsaglia's polar method: a point in the unit disc gives two independent normal numbers. */
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  };
  return {
    uniform,
    integer,
    normal,
    shuffle: (items) => {
      for (let last = items.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = items[last];
        items[last] = items[other];
        items[other] = kept;
      }
      return items;
    },
  };
}
