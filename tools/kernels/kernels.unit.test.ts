import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileOf, kernels } from './kernels.mjs';

describe('the kernels in WebAssembly', () => {
  it.each(kernels)('$name: the committed bytes are those of the committed text', async (kernel) => {
    expect(readFileSync(kernel.file, 'utf8')).toBe(await fileOf(kernel));
  });
});
