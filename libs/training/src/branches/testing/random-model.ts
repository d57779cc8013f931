import type { Random } from '@mipnet/dataset';
import { ModelBuilder, type Model } from '@mipnet/mip';

/** Small models with bounded columns, mostly integer, and rows that a point of them meets. */
export function randomModel(random: Random): Model {
  const builder = new ModelBuilder();
  const count = 12 + random.integer(8);
  const at: number[] = [];
  const columns = Array.from({ length: count }, () => {
    const upper = 1 + random.integer(3);
    at.push(random.integer(upper + 1));
    return builder.column(0, upper, { integer: random.uniform() < 0.8 });
  });
  for (let row = 0; row < 4 + random.integer(4); row++) {
    const values = columns.map(() => (random.uniform() < 0.3 ? 0 : random.integer(21) / 4 - 2.5));
    const activity = values.reduce((sum, value, j) => sum + value * at[j], 0);
    const sides = random.integer(3);
    builder.row(
      sides === 1 ? -Infinity : activity - random.uniform(),
      { constant: 0, columns, values },
      sides === 0 ? Infinity : activity + random.uniform(),
    );
  }
  const costs = columns.map(() => random.integer(41) / 8 - 2);
  builder.addObjective({ constant: 1, columns, values: costs });
  return builder.build();
}
