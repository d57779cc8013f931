#!/usr/bin/env node
/**
 * Writes the bytes of each WebAssembly text (kernels.mjs) to the generated file beside it.
 *
 *     node tools/kernels/compile.mjs
 */
import { writeFileSync } from 'node:fs';
import { readArguments } from '../arguments.mjs';
import { fileOf, kernels } from './kernels.mjs';

readArguments(import.meta.url, {});

for (const kernel of kernels) {
  writeFileSync(kernel.file, await fileOf(kernel));
  process.stdout.write(`${kernel.file}\n`);
}
