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

/**
 * `train TABLE.csv --class C` beside the usual methods on the same rows: a row per table, means over the seeds of the
 * split.
 * @param {{tables: string[], label?: string, seeds: string[]}} asked
 */
export function baselines({ tables, label, seeds }) {
  const program = python();
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-baselines-'));
  const rows = new Map();
  try {
    for (const seed of seeds) {
      const sources = tables.length === 0 ? [[]] : tables.map((table) => [table, label]);
      for (const source of sources) {
        // Threads that wait for each other take minutes on a busy machine.
        const env = { ...process.env, OMP_NUM_THREADS: '1' };
        const text = execFileSync(program, [script, folder, seed, ...source], { encoding: 'utf8', env });
        for (const result of JSON.parse(text)) {
          const ours = mipnet(result);
          const row = rows.get(result.name) ?? [];
          rows.set(result.name, [...row, { ...result.accuracy, mipnet: ours.accuracy, ...ours, accuracy: undefined }]);
          console.error(`${result.name}, seed ${seed}: ${percent(ours.accuracy)} (${ours.chosen})`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const methods = ['mipnet', 'logistic regression', 'RBF SVM', 'random forest', 'boosting'];
  const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
  line(['table', ...methods, 'seconds']);
  line(['table', ...methods, 'seconds'].map(() => '---'));
  const means = [...rows].map(([name, runs]) => ({ name, of: (key) => mean(runs.map((run) => run[key])) }));
  for (const { name, of } of means) line([name, ...methods.map((m) => percent(of(m))), of('seconds').toFixed(0)]);
  if (means.length > 1) line(['mean', ...methods.map((m) => percent(mean(means.map(({ of }) => of(m))))), '']);
}
