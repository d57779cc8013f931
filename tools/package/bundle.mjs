import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { buildId } from '@mipnet/worker';
import { codeHash } from '@mipnet/solver';
import { copies, entries } from './entries.mjs';
import { placesPlugin } from './places.mjs';

/**
 * The compiled packages of this checkout as few files: one per program, and one for each part that several share or
 * that is loaded on demand; and what the programs need beside them. Other packages than mipnet's own stay dependencies.
 * @param {string} root
 * @param {string} folder where the files are written
 * @param {{ program?: readonly string[], inlined?: readonly string[] }} options `program`: how the command is called,
 *   if the code leaves the checkout; `inlined`: packages whose code, and that of their dependencies, is taken in
 * @returns {Promise<{ imported: string[], files: string[] }>} names of the packages that the code imports, and of the
 *   files of the folder
 */
export async function bundle(root, folder, { program, inlined = [] }) {
  await mkdir(folder, { recursive: true });
  for (const [name, file] of Object.entries(copies)) await copyFile(join(root, file), join(folder, name));
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
    // CommonJS packages that are taken in call it.
    banner: inlined.length === 0 ? {} : { js: `import{createRequire}from'node:module';const require=${requireHere};` },
    define: await constants(root, program),
    plugins: [externalPackages(inlined), placesPlugin(root)],
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  return {
    imported: [...new Set(imported.map(({ path }) => packageOf(path)))]
      .filter((name) => !name.startsWith('node:'))
      .sort(),
    files: [...Object.keys(metafile.outputs).map((path) => basename(path)), ...Object.keys(copies)],
  };
}

const requireHere = 'createRequire(import.meta.url)';

/** What the code says of itself in a bundle: see the places that declare these names. */
async function constants(root, program) {
  const libs = (await readdir(join(root, 'libs'))).filter((name) => existsSync(join(root, 'libs', name, 'dist')));
  const hashes = Object.fromEntries(libs.map((name) => [name, codeHash(name)]));
  const values = {
    MIPNET_CODE_HASHES: hashes,
    MIPNET_BUILD_ID: buildId(root),
    ...(program && { MIPNET_PROGRAM: program }),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** @returns {import('esbuild').Plugin} */
const externalPackages = (inlined) => ({
  name: 'external-packages',
  setup: (build) =>
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      const isTakenIn = inlined.includes(packageOf(path)) || importer.includes('/node_modules/');
      const isOwn = kind === 'entry-point' || path.startsWith('@mipnet/');
      return isOwn || (isTakenIn && !isBuiltin(path)) ? undefined : { path, external: true };
    }),
});

const packageOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
