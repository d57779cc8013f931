import { ModelBuilder, type LinearExpression, type Model } from '@mipnet/mip';

/** A small problem whose answer is known by hand. */
export interface KnownCase {
  readonly name: string;
  readonly model: Model;
  /** Null: there is none. */
  readonly optimum: number | null;
  /** Optimum of the LP relaxation, where it is another. */
  readonly relaxed?: number | null;
  readonly unbounded?: boolean;
}

const terms = (...list: readonly (readonly [column: number, value: number])[]): LinearExpression => ({
  constant: 0,
  columns: list.map(([column]) => column),
  values: list.map(([, value]) => value),
});

function modelOf(write: (builder: ModelBuilder) => void): Model {
  const builder = new ModelBuilder();
  write(builder);
  return builder.build();
}

export const knownCases: readonly KnownCase[] = [
  {
    name: 'an LP at a vertex, with a constant in the objective',
    // min -3x - 5y + 10, x <= 4, 2y <= 12, 3x + 2y <= 18: x = 2, y = 6
    model: modelOf((builder) => {
      builder.column(0, 4, { cost: -3 });
      builder.column(0, 100, { cost: -5 });
      builder.row(-Infinity, terms([1, 2]), 12);
      builder.row(-Infinity, terms([0, 3], [1, 2]), 18);
      builder.addOffset(10);
    }),
    optimum: -26,
  },
  {
    name: 'rows that hold from below, from both sides and as equality',
    // min x + 2y + 3z, x + y + z = 6, x - y >= -2, 1 <= z - x <= 2
    model: modelOf((builder) => {
      for (const cost of [1, 2, 3]) builder.column(-10, 10, { cost });
      builder.row(6, terms([0, 1], [1, 1], [2, 1]), 6);
      builder.row(-2, terms([0, 1], [1, -1]), Infinity);
      builder.row(1, terms([0, -1], [2, 1]), 2);
    }),
    // y = 6 - x - z, so the objective is 12 - x + z with z - x >= 1.
    optimum: 13,
  },
  {
    name: 'a row constant that moved to the bounds',
    model: modelOf((builder) => {
      const x = builder.column(-5, 5, { cost: 1 });
      builder.row(0, { constant: 3, columns: [x], values: [2] }, 100);
    }),
    optimum: -1.5,
  },
  {
    name: 'a MIP whose relaxation is better',
    // max x + y, 2x + 2y <= 3, x and y binary
    model: modelOf((builder) => {
      builder.binary({ cost: -1 });
      builder.binary({ cost: -1 });
      builder.row(-Infinity, terms([0, 2], [1, 2]), 3);
    }),
    optimum: -1,
    relaxed: -1.5,
  },
  {
    name: 'integers below zero with bounds between integers, mixed with a continuous column, with a constant',
    // min 2k + y + 100, k >= -7/2 integer, y >= -1/4, k + y >= -13/4: k = -3 and y = -1/4; relaxed, k = -7/2 and y =
    // 1/4
    model: modelOf((builder) => {
      builder.column(-3.5, 8, { cost: 2, integer: true });
      builder.column(-0.25, 5, { cost: 1 });
      builder.row(-3.25, terms([0, 1], [1, 1]), Infinity);
      builder.addOffset(100);
    }),
    optimum: 93.75,
    relaxed: 93.25,
  },
  {
    name: 'an integer column without an integer between its bounds',
    model: modelOf((builder) => {
      builder.column(1.25, 1.75, { cost: 1, integer: true });
      builder.column(0, 1, { cost: 1 });
      builder.row(0, terms([0, 1], [1, 1]), 2);
    }),
    optimum: null,
    relaxed: 1.25,
  },
  {
    name: 'no rows at all',
    model: modelOf((builder) => {
      builder.column(-2, 3, { cost: 1 });
      builder.column(-2, 3.5, { cost: -1, integer: true });
    }),
    optimum: -5,
    relaxed: -5.5,
  },
  {
    name: 'a row without entries',
    model: modelOf((builder) => {
      builder.column(0, 3, { cost: -1 });
      builder.row(-1, terms(), 1);
      builder.row(-Infinity, terms([0, 1]), 2);
    }),
    optimum: -2,
  },
  {
    name: 'columns that are fixed, columns without a row',
    model: modelOf((builder) => {
      builder.column(2, 2, { cost: 3, integer: true });
      builder.column(0, 1, { cost: -1 });
      builder.column(-4, 4);
      builder.row(2, terms([0, 1], [2, 0.5]), 2);
    }),
    optimum: 5,
  },
  {
    name: 'nothing to minimise',
    model: modelOf((builder) => {
      builder.column(0, 1, { integer: true });
      builder.row(1, terms([0, 1]), 1);
      builder.addOffset(-4);
    }),
    optimum: -4,
  },
  {
    name: 'infeasible rows',
    model: modelOf((builder) => {
      builder.column(0, 10, { cost: 1 });
      builder.column(0, 10, { cost: 1 });
      builder.row(5, terms([0, 1], [1, 1]), Infinity);
      builder.row(-Infinity, terms([0, 1], [1, 1]), 4);
    }),
    optimum: null,
  },
  {
    name: 'a row without entries that asks for something',
    model: modelOf((builder) => {
      builder.column(0, 3, { cost: -1 });
      builder.row(1, terms(), 2);
    }),
    optimum: null,
  },
  {
    name: 'no integer where the relaxation has points',
    model: modelOf((builder) => {
      builder.column(0, 5, { cost: 1, integer: true });
      builder.row(2.2, terms([0, 2]), 3.8);
    }),
    optimum: null,
    relaxed: 1.1,
  },
  {
    name: 'unbounded',
    model: modelOf((builder) => {
      builder.column(0, Infinity, { cost: -1 });
      builder.column(0, 5, { cost: 1, integer: true });
      builder.row(-Infinity, terms([0, -1], [1, 1]), 3);
    }),
    optimum: null,
    unbounded: true,
  },
];

/** Binary knapsacks over common items: the same model for the same arguments. With all columns 0 it is feasible. */
export function knapsacks(items: number, rows: number, seed: number): Model {
  let state = seed * 2654435761 + 1;
  /** Each of 1..most, by the multiplicative generator of Park and Miller. */
  const next = (most: number): number => {
    state = (48271 * (state % 2147483647)) % 2147483647;
    return 1 + (state % most);
  };
  const builder = new ModelBuilder();
  const columns = Array.from({ length: items }, () => builder.binary({ cost: -next(40) - 20 }));
  for (let row = 0; row < rows; row++) {
    const values = columns.map(() => next(60));
    builder.row(
      -Infinity,
      { constant: 0, columns, values },
      Math.floor(values.reduce((sum, value) => sum + value, 0) / 3),
    );
  }
  return builder.build();
}
