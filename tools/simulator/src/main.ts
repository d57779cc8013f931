import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { busyTable } from './busy-table.js';
import { checkScenario, scenarioOf, type Samples, type Scenario } from './scenario.js';
import { simulate, type Outcome } from './simulate.js';
import { asCsv, asTable } from './table.js';

const usage = `tools/simulate: a run on a cluster that need not exist, in virtual time.

  --workers N,...      largest numbers of workers (10,100,1000,10000)
  --leaves N,...       subproblems of the run (1000,10000,100000)
  --server-rate N      leaves per second that the Temporal server takes (80: measured on the dev server)
  --leaf-factor X,...  the measured leaf times, multiplied (1)
  --window N           parts of a node under way at once (1000)
  --fan-out N          most leaves of one node (1000)
  --slots N            leaves a worker solves at once (1)
  --start-delay S      from asking for a worker until it works, seconds (20)
  --orchestrators N    processes that divide and merge (one for 100 workers)
  --seed N             which leaf takes how long (0)
  --samples FILE       measured times (tools/simulator/samples/quickstart.json)
  --busy FILE,...      measured times of several kinds of run: a table of busy shares on pools of fixed sizes
  --csv                plain numbers instead of a table
  --curves FOLDER      also write the curves of docs/scale.md
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workers: text,
      leaves: text,
      'server-rate': text,
      'leaf-factor': text,
      window: text,
      'fan-out': text,
      slots: text,
      'start-delay': text,
      orchestrators: text,
      seed: text,
      samples: text,
      busy: text,
      csv: flag,
      curves: text,
      help: flag,
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const samples = readSamples(values.samples);
  const changes = changesOf(values);
  if (values.busy !== undefined) {
    const workers = numbers('--workers', values.workers, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
    const [leaves] = numbers('--leaves', values.leaves, [45]);
    const shapes = values.busy
      .split(',')
      .map((file) => ({ name: basename(file, '.json'), samples: readSamples(file) }));
    return void process.stdout.write(await busyTable(shapes, workers, leaves, changes));
  }
  const scenarios = numbers('--leaf-factor', values['leaf-factor'], [1]).flatMap((leafFactor) =>
    numbers('--leaves', values.leaves, [1e3, 1e4, 1e5]).flatMap((leaves) =>
      numbers('--workers', values.workers, [10, 100, 1000, 10_000]).map((workers) =>
        scenarioFor(workers, leaves, { ...changes, leafFactor }, values.slots),
      ),
    ),
  );
  const outcomes = await simulateAll(scenarios, samples);
  process.stdout.write(values.csv ? asCsv(outcomes) : asTable(outcomes));
  if (values.curves) await writeCurves(values.curves, samples, changes);
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function changesOf(values: Values): Partial<Scenario> {
  const names = {
    'server-rate': 'serverRate',
    window: 'window',
    'fan-out': 'fanOut',
    'start-delay': 'startDelay',
    orchestrators: 'orchestrators',
    seed: 'seed',
  };
  return Object.fromEntries(
    Object.entries(names)
      .filter(([option]) => values[option] !== undefined)
      .map(([option, key]) => [key, numbers(`--${option}`, values[option] as string, [])[0]]),
  );
}

function scenarioFor(workers: number, leaves: number, changes: Partial<Scenario>, slots: string | undefined): Scenario {
  const scenario = scenarioOf(workers, leaves, changes);
  const [slotsPerWorker] = numbers('--slots', slots, [1]);
  const complete = { ...scenario, scaling: { ...scenario.scaling, slotsPerWorker } };
  checkScenario(complete);
  return complete;
}

function numbers(option: string, given: string | undefined, otherwise: readonly number[]): readonly number[] {
  if (given === undefined) return otherwise;
  const all = given.split(',').map(Number);
  if (all.some((value) => !(Number.isFinite(value) && value >= 0)))
    throw new RangeError(`${option} is '${given}': give numbers, separated by commas`);
  return all;
}

function readSamples(file: string | undefined): Samples {
  return JSON.parse(
    readFileSync(file ?? fileURLToPath(new URL('../samples/quickstart.json', import.meta.url)), 'utf8'),
  ) as Samples;
}

async function simulateAll(scenarios: readonly Scenario[], samples: Samples): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) {
    if (process.stderr.isTTY)
      process.stderr.write(
        `\r${outcomes.length + 1} of ${scenarios.length}: ${scenario.leaves} ` +
          `leaves, ${scenario.scaling.max} workers    `,
      );
    outcomes.push(await simulate(scenario, samples));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return outcomes;
}

/** The scenarios of the curves are fixed, because docs/scale.md describes them. */
async function writeCurves(folder: string, samples: Samples, changes: Partial<Scenario>): Promise<void> {
  const [{ chartSvg }, { slotTimeChart, throughputChart }] = await Promise.all([
    import('@mipnet/report'),
    import('./curves.js'),
  ]);
  const workers = [10, 30, 100, 300, 1000, 3000, 10_000];
  const mean = samples.leaf.reduce((sum, seconds) => sum + seconds, 0) / samples.leaf.length;
  const lengths = await simulateAll(
    [1, 10, 100].flatMap((leafFactor) => workers.map((count) => scenarioOf(count, 10_000, { ...changes, leafFactor }))),
    samples,
  );
  const shares = await simulateAll(
    [1000, 10_000, 30_000].flatMap((leaves) =>
      [10, 100, 1000, 10_000].map((count) => scenarioOf(count, leaves, changes)),
    ),
    samples,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'scale-throughput.svg'), await chartSvg(throughputChart(lengths, mean)));
  await writeFile(join(folder, 'scale-slot-time.svg'), await chartSvg(slotTimeChart(shares)));
}

await main().catch((error: unknown) => {
  process.stderr.write(`simulate: ${(error as Error).message}\n`);
  process.exitCode = error instanceof RangeError || error instanceof TypeError ? 2 : 1;
});
