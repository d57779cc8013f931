// A job that misbehaves on request, for the tests of the pool.
import { threadId } from 'node:worker_threads';
import { ModelBuilder } from '@mipnet/mip';
import { SolverError, loadHighsSolver, serveJobs } from '../../../dist/index.js';

let jobs = 0;
const notices = [];

serveJobs(
  async ({ kind, value }, data, context) => {
    jobs++;
    switch (kind) {
      case 'echo':
        return { value, data, threadId, jobs };
      case 'notices':
        return notices;
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, value));
        return { threadId };
      case 'meet': {
        // Ends only when all of `value.count` jobs are under way at once.
        const arrived = new Int32Array(value.arrived);
        Atomics.add(arrived, 0, 1);
        while (Atomics.load(arrived, 0) < value.count) await new Promise((resolve) => setTimeout(resolve, 1));
        return { threadId };
      }
      case 'post':
        for (let i = 0; i < value; i++) context.post(i);
        return value;
      case 'fail':
        throw Object.assign(
          new RangeError('no such row', { cause: Object.assign(new Error('disk'), { code: 'EIO' }) }),
          {
            code: 'bad-input',
          },
        );
      case 'solver crash':
        throw new SolverError('crash', 'a trap in the solver');
      case 'text':
        throw 'just text';
      case 'unsendable':
        return () => 0;
      case 'exit':
        return process.exit(3);
      case 'uncaught':
        setImmediate(() => {
          throw new Error('from a timer');
        });
        return new Promise(() => undefined);
      case 'dies later':
        process.once('exit', () => Atomics.store(new Int32Array(value), 0, 1));
        setTimeout(() => process.exit(1), 20);
        return { threadId };
      case 'out of memory': {
        const held = [];
        for (;;) held.push(new Array(100_000).fill(held.length));
      }
      case 'large model': {
        const solver = await loadHighsSolver();
        return solver.solve(largeModel(value), { workLimit: 5 }).status;
      }
      case 'spin':
        context.post('spinning');
        for (;;) if (context.stopped() && value === 'listens') return 'stopped';
      case 'solve': {
        const solver = await loadHighsSolver();
        const result = solver.solve(marketSplit(), {
          timeLimit: 60,
          onProgress: () => context.post('solving'),
          stopped: context.stopped,
        });
        return { status: result.status, interrupted: result.interrupted, seconds: result.seconds };
      }
      default:
        throw new Error(`no job ${kind}`);
    }
  },
  async (notice) => {
    notices.push(notice);
    if (notice === 'fails') throw new Error('not to be had');
  },
);

/** A dense one, of so many columns and as many rows: HiGHS keeps several copies of its non-zeros. */
function largeModel(size) {
  const builder = new ModelBuilder();
  const columns = Array.from({ length: size }, () => builder.column(0, 1, { cost: -1 }));
  for (let row = 0; row < size; row++)
    builder.row(-Infinity, { constant: 0, columns, values: columns.map((column) => 1 + ((column * row) % 7)) }, size);
  return builder.build();
}

/** A market split problem, far too hard to be solved in a test (Cornuejols and Dawande 1998). */
function marketSplit() {
  const builder = new ModelBuilder();
  const columns = Array.from({ length: 40 }, () => builder.binary());
  for (let row = 0; row < 5; row++) {
    const values = columns.map((column) => (column * 7919 + row * 104729 + column * column * (row + 3) * 31) % 100);
    const half = Math.floor(values.reduce((sum, value) => sum + value, 0) / 2);
    const over = builder.column(0, Infinity, { cost: 1 });
    const under = builder.column(0, Infinity, { cost: 1 });
    builder.row(half, { constant: 0, columns: [...columns, over, under], values: [...values, -1, 1] }, half);
  }
  return builder.build();
}
