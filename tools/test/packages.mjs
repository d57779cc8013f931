import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { installNode, otherNodes } from './nodes.mjs';
import { commandFaults, exampleFaults as nodePageFaults, installPackage } from './npm-package.mjs';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What npm and its readers need to know of a package. */
const fields = ['description', 'keywords', 'license', 'homepage', 'bugs', 'repository', 'engines', 'files'];

/** What must not be in a tarball. */
const strangers = /(^|\/)(src|fixtures|node_modules)\/|\.test\.|\.tsbuildinfo$/;

/**
 * The packages as npm users get them: package.json and README of each; what publint and @arethetypeswrong/cli say of
 * the ones that are published; and, in a folder where only their tarballs are installed, the examples of their READMEs.
 * The examples of the others run here. The same for the package at the root, which holds the command and the API: it is
 * used in an empty folder, and by the nightly tests with every supported version of Node.js.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function packages() {
  const result = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-packages-'));
  const inside = join(root, 'node_modules', '.mipnet-examples');
  try {
    const all = await readPackages();
    const published = all.filter(({ manifest }) => !manifest.private);
    const tarballs = new Map();
    const version = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version;
    const check = async (what, faults) => {
      const found = await faults().catch((error) => [error.stderr || error.stdout || error.message]);
      result[found.length === 0 ? 'passed' : 'failed'] += 1;
      result.notes.push(...found.map((fault) => `FAILED ${what}: ${fault}`));
    };
    for (const each of all) await check(`${each.path}/package.json`, () => manifestFaults(each, version));
    for (const each of published) await check(`npm pack ${each.path}`, () => tarballFaults(each, folder, tarballs));
    await install([...tarballs.values()], folder);
    await mkdir(inside, { recursive: true });
    for (const each of all.filter(({ readme }) => exampleOf(readme)))
      await check(`${each.path}/README.md`, () => exampleFaults(each, tarballs.has(each.path) ? folder : inside));
    const npm = join(folder, 'npm');
    await check('npm pack and npm install of the package mipnet', () => installPackage(npm).then(() => []));
    const own = { path: '.', manifest: JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) };
    await check('the tarball of the package mipnet', () => tarballFaults(own, folder, new Map()));
    await check('docs/node.md', () => nodePageFaults(npm));
    await check('npx mipnet', () => commandFaults(npm));
    if (process.env.MIPNET_NIGHTLY)
      for (const version of otherNodes())
        await check(`npx mipnet with Node ${version}`, async () =>
          commandFaults(npm, dirname(await installNode(version))),
        );
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(inside, { recursive: true, force: true });
  }
  return result;
}

async function readPackages() {
  const found = [];
  for (const group of ['libs', 'apps'])
    for (const name of await readdir(join(root, group))) {
      const path = join(group, name);
      if (!existsSync(join(root, path, 'package.json'))) continue;
      const manifest = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
      found.push({ path, manifest, readme: await readFile(join(root, path, 'README.md'), 'utf8').catch(() => '') });
    }
  return found;
}

async function manifestFaults({ path, manifest, readme }, version) {
  const faults = fields.filter((field) => manifest[field] === undefined).map((field) => `"${field}" is missing`);
  if (manifest.version !== version) faults.push(`version ${manifest.version}, and ${version} at the root`);
  if (manifest.repository?.directory !== path) faults.push(`"repository.directory" is not ${path}`);
  if (Object.entries(manifest.exports ?? {}).some(([name, to]) => name !== './package.json' && !to.types))
    faults.push('an entry of "exports" has no "types"');
  const lines = readme.split('\n').length - 1;
  if (lines < 10 || lines > 40) faults.push(`README.md has ${lines} lines; 10 to 40 say what a package is for`);
  return faults;
}

async function tarballFaults({ path, manifest }, folder, tarballs) {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...options], { cwd: join(root, path), maxBuffer: 2 ** 26 });
  const [{ filename, files }] = JSON.parse(stdout);
  tarballs.set(path, join(folder, filename));
  const faults = files.filter((file) => strangers.test(file.path)).map((file) => `${file.path} is in the tarball`);
  if (!files.some((file) => file.path === 'LICENSE')) faults.push('LICENSE is not in the tarball');
  const { messages } = await publint({ pkgDir: join(root, path), strict: true });
  faults.push(...messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`));
  const attw = join(root, 'node_modules', '.bin', 'attw');
  await run(attw, [join(folder, filename), '--profile', 'esm-only', '--no-emoji', '--no-color']).catch((error) =>
    faults.push(`attw: ${error.stdout || error.message}`),
  );
  return faults;
}

/** The packages that are published need each other and what the lockfile has brought to npm's cache already. */
async function install(tarballs, folder) {
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs], {
    cwd: folder,
  });
}

/** The code of a README and what it says that this prints. */
function exampleOf(readme) {
  const [, code, output] = /```js\n([\s\S]*?)```\s+prints\s+```text\n([\s\S]*?)```/.exec(readme) ?? [];
  return code === undefined ? undefined : { code, output };
}

async function exampleFaults({ path, readme }, folder) {
  const { code, output } = exampleOf(readme);
  const file = join(folder, `${path.replace('/', '-')}.mjs`);
  await writeFile(file, code);
  const { stdout } = await run(process.execPath, [file], { cwd: folder });
  return stdout.trimEnd() === output.trimEnd() ? [] : [`the example prints\n${stdout}and the README says\n${output}`];
}
