#!/usr/bin/env node
/**
 * Makes the folder `dist/programs` of the compiled packages: the programs that ./mipnet starts, in few files, because
 * most of a short command is the loading of a thousand. `./mipnet build` calls it.
 *
 *     npx tsc --build && node tools/package/programs.mjs
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'dist', 'programs');

/** What many commands load. Packages that need files of their own, or are loaded by few commands, stay as they are. */
const inlined = ['cbor-x', 'commander', 'env-paths', 'log-update', 'protobufjs', 'pure-rand', 'yaml', 'zod'];

/** A program that runs may still load parts of an earlier build: they stay for a day. */
const keptMilliseconds = 24 * 3600 * 1000;

const { files } = await bundle(root, folder, { inlined });
for (const name of await readdir(folder)) {
  const path = join(folder, name);
  if (!files.includes(name) && (await stat(path)).mtimeMs < Date.now() - keptMilliseconds) await rm(path);
}
