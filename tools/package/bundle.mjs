import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildId } from '@mipnet/worker';
import { codeHash } from '@mipnet/solver';
import { entries } from './entries.mjs';
import { placesPlugin } from './places.mjs';

/**
 * The compiled packages of this checkout as few files: one per program, and one for each part that several share or
 * that is loaded on demand. Other packages than mipnet's own stay dependencies.
 * @param {string} root
 * @param {string} folder where the files are written
 * @returns {Promise<string[]>} names of the packages that the code imports
 */
export async function bundle(root, folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)])),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    chunkNames: 'part-[hash]',
    // Names stay, for stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    define: await constants(root),
    plugins: [externalPackages, placesPlugin(root)],
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  return [...new Set(imported.map(({ path }) => packageOf(path)))].filter((name) => !name.startsWith('node:')).sort();
}

/** What the code says of itself in the package: see the places that declare these names. */
async function constants(root) {
  const libs = (await readdir(join(root, 'libs'))).filter((name) => existsSync(join(root, 'libs', name, 'dist')));
  const hashes = Object.fromEntries(libs.map((name) => [name, codeHash(name)]));
  const values = { MIPNET_CODE_HASHES: hashes, MIPNET_BUILD_ID: buildId(root), MIPNET_PROGRAM: ['npx', 'mipnet'] };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** @type {import('esbuild').Plugin} */
const externalPackages = {
  name: 'external-packages',
  setup: (build) =>
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@mipnet/') ? undefined : { path, external: true },
    ),
};

const packageOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
