#!/usr/bin/env node
/**
 * Makes the folder `dist/npm` of the npm package `mipnet` of the compiled packages: all code in few files, the types of
 * the API in one. `npm pack` calls it by `prepack`.
 *
 *     ./mipnet build && node tools/package/build.mjs
 */
import { chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { bundleTypes } from './types.mjs';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'dist', 'npm');

await rm(folder, { recursive: true, force: true });
const { imported } = await bundle(root, folder, { program: ['npx', 'mipnet'] });
await bundleTypes(root, join(folder, 'index.d.ts'));
const { bin, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
for (const file of Object.values(bin)) await chmod(join(root, file), 0o755);

const named = Object.keys(dependencies);
const faults = [
  ...imported.filter((name) => !named.includes(name)).map((name) => `${name} is imported and not among them`),
  ...named.filter((name) => !imported.includes(name)).map((name) => `${name} is among them and not imported`),
];
if (faults.length > 0) throw new Error(`"dependencies" of package.json: ${faults.join('; ')}`);
