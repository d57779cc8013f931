import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const script = fileURLToPath(new URL('baselines.py', import.meta.url));
/** Any version gives much the same figures; one version gives the same ones. */
const packages = ['scikit-learn==1.9.1', 'pandas==3.1.1'];

/** Python with scikit-learn, in mipnet's cache folder. */
function python() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mipnet', 'baselines');
  const program = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return program;
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  execFileSync(program, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: ['ignore', 'inherit', 'inherit'] });
  mkdirSync(join(folder, 'complete'));
  return program;
}

/** What `train` says of a table with a plan of its own choice. */
function mipnet({ train, test }) {
  const began = performance.now();
  const asked = [train, '--class', 'class of the row', '--test', test];
  const args = [main, 'train', ...asked, '--engine', 'local', '--set', 'solver.reuse=false', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(stderr);
  const { accuracy } = JSON.parse(stdout);
  const chosen = /^chosen: (.*?)(, [\d.]+% by|, the only)/m.exec(stderr)?.[1];
  return { accuracy: accuracy.test, seconds: (performance.now() - began) / 1000, chosen };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => `${(100 * value).toFixed(1)}%`;

const methods = ['logistic regression', 'RBF SVM', 'random forest', 'boosting'];
const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
// Threads that wait for each other take minutes on a busy machine.
const oneThread = () => ({ ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' });

/**
 * The usual methods on the rows of a plan, which mipnet draws: a row per seed, then means with their standard errors.
 * @param {{choice: {plan?: string, preset?: string, set: string[]}, seeds: string[], seedKey: string}} asked
 */
export async function baselinesOnRows({ choice, seeds, seedKey }) {
  const program = python();
  const { exportRows } = await import('./rows.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-baselines-'));
  const runs = [];
  line(['seed', 'training rows', 'test rows', ...methods]);
  line(['seed', 'training rows', 'test rows', ...methods].map(() => '---'));
  try {
    for (const seed of seeds) {
      const { image } = await exportRows({ ...choice, set: [...choice.set, `${seedKey}=${seed}`] }, folder);
      const args = [script, '--rows', folder, seed, ...(image ? ['--images'] : [])];
      const { accuracy, rows } = JSON.parse(execFileSync(program, args, { encoding: 'utf8', env: oneThread() }));
      runs.push(accuracy);
      line([seed, rows.train, rows.test, ...methods.map((method) => percent(accuracy[method]))]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  line(['mean', '', '', ...methods.map((method) => withError(runs.map((run) => run[method])))]);
}

/** Mean and its standard error. */
function withError(values) {
  const centre = mean(values);
  if (values.length < 2) return percent(centre);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return `${percent(centre)} +- ${(100 * Math.sqrt(variance / values.length)).toFixed(1)}`;
}

/**
 * `train TABLE.csv --class C` beside the usual methods on the same rows: a row per table, means over the seeds of the
 * split with their standard errors.
 * @param {{tables: string[], label?: string, seeds: string[], methodsOnly: boolean}} asked
 */
export function baselines({ tables, label, seeds, methodsOnly }) {
  const program = python();
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-baselines-'));
  const rows = new Map();
  try {
    for (const seed of seeds) {
      const sources = tables.length === 0 ? [[]] : tables.map((table) => [table, label]);
      for (const source of sources) {
        const text = execFileSync(program, [script, folder, seed, ...source], { encoding: 'utf8', env: oneThread() });
        for (const result of JSON.parse(text)) {
          const ours = methodsOnly ? {} : oursOn(result, seed);
          rows.set(result.name, [...(rows.get(result.name) ?? []), { ...result.accuracy, ...ours }]);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const columns = [...(methodsOnly ? [] : ['mipnet']), ...methods];
  const last = methodsOnly ? [] : ['seconds'];
  line(['table', ...columns, ...last]);
  line(['table', ...columns, ...last].map(() => '---'));
  const tablesOf = [...rows].map(([name, runs]) => ({ name, of: (key) => runs.map((run) => run[key]) }));
  for (const { name, of } of tablesOf)
    line([name, ...columns.map((column) => withError(of(column))), ...last.map((key) => mean(of(key)).toFixed(0))]);
  if (tablesOf.length > 1)
    line([
      'mean',
      ...columns.map((column) => percent(mean(tablesOf.map(({ of }) => mean(of(column)))))),
      ...last.map(() => ''),
    ]);
}

function oursOn(table, seed) {
  const { accuracy, seconds, chosen } = mipnet(table);
  console.error(`${table.name}, seed ${seed}: ${percent(accuracy)} (${chosen})`);
  return { mipnet: accuracy, seconds };
}
