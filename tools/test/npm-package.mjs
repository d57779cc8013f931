import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Versions of the compiler options that a user of TypeScript has. */
const compilerOptions = {
  ...{ strict: true, module: 'node16', moduleResolution: 'node16', target: 'es2022', lib: ['es2022', 'dom'] },
  ...{ types: [], allowJs: true, checkJs: true, noEmit: true },
};

/** Digits that mipnet draws, and few: 45 MIPs of a fraction of a second each. */
const quickStart = [
  ...['train', '--dataset', 'digits', '--set', 'dataset.perClass=2', '--set', 'dataset.shifts=0'],
  ...['--set', 'objectives.0.fit.sparsity=2.5', '--set', 'solver.workLimit=10'],
  ...['--engine', 'local', '--out', 'net.onnx', '--json'],
];

/**
 * The npm package `mipnet` as its users have it: `npm pack`, and the tarball installed in an empty folder.
 * @param {string} folder empty
 * @returns {Promise<string>} the path of the tarball
 */
export async function installPackage(folder) {
  await run('npm', ['pack', '--pack-destination', dirname(folder)], { cwd: root, maxBuffer: 2 ** 26 });
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const tarball = join(dirname(folder), `${name}-${version}.tgz`);
  await mkdir(folder, { recursive: true });
  await run('npm', ['init', '-y'], { cwd: folder });
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
  return tarball;
}

/**
 * What the command of the installed package does in that folder: it trains, verifies and writes a page.
 * @param {string} folder
 * @param {string} [node] the folder of another Node.js
 * @returns {Promise<string[]>} faults
 */
export async function commandFaults(folder, node) {
  const mipnet = async (...args) => {
    const env = { ...process.env, MIPNET_HOME: join(folder, 'home') };
    delete env.MIPNET_COMMAND;
    if (node !== undefined) env.PATH = `${node}:${env.PATH}`;
    return run('npx', ['mipnet', ...args], { cwd: folder, env, maxBuffer: 2 ** 26 });
  };
  const trained = await mipnet(...quickStart);
  const { network, subproblems } = JSON.parse(trained.stdout);
  const verified = await mipnet(
    ...['verify', network.file, '--images', '0..1', '--epsilon', '0.01', '--engine', 'local', '--json'],
  );
  const { totals } = JSON.parse(verified.stdout);
  const page = await readFile((await mipnet('report', 'last')).stdout.trim(), 'utf8');
  const help = (await mipnet('--help')).stdout;
  return [
    ...(subproblems.total === 45 && subproblems.failed === 0 ? [] : [`train solved ${JSON.stringify(subproblems)}`]),
    ...(totals.queries === 2 && totals.unresolved === 0 ? [] : [`verify found ${JSON.stringify(totals)}`]),
    ...(page.includes('</html>') ? [] : ['report wrote no page']),
    ...(help.includes('npx mipnet train') ? [] : ['--help does not name commands as `npx mipnet`']),
    ...(/warning/i.test(trained.stderr) ? [`train warns: ${trained.stderr}`] : []),
  ];
}

/** The example of docs/node.md: its types, and what it prints. @param {string} folder @returns {Promise<string[]>} */
export async function exampleFaults(folder) {
  const text = await readFile(join(root, 'docs', 'node.md'), 'utf8');
  const [, code, output] = /```js\n([\s\S]*?)```\s+prints\s+```text\n([\s\S]*?)```/.exec(text);
  await writeFile(join(folder, 'example.mjs'), code);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['example.mjs'] }));
  await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder]);
  const env = { ...process.env, MIPNET_HOME: join(folder, 'home') };
  const { stdout, stderr } = await run(process.execPath, ['example.mjs'], { cwd: folder, env });
  return [
    ...(stdout === output ? [] : [`the example prints\n${stdout}and docs/node.md says\n${output}`]),
    ...(stderr === '' ? [] : [`the example prints on stderr\n${stderr}`]),
  ];
}
