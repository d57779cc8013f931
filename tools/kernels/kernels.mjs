// The WebAssembly texts of the packages, and what they compile to.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openWabt from 'wabt';

const root = join(import.meta.dirname, '..', '..');

/** Each text, and the generated file with its bytes. */
export const kernels = [
  {
    text: join(root, 'libs/network/src/dense-matrix/dense-matrix.wat'),
    file: join(root, 'libs/network/src/dense-matrix/kernel-bytes.ts'),
    name: 'kernelBytes',
  },
];

/** The generated file of a kernel: programs are single files, which read no other file when they run. */
export async function fileOf({ text, name }) {
  const wabt = await openWabt();
  const module = wabt.parseWat(text, readFileSync(text), { simd: true });
  module.resolveNames();
  module.validate();
  const encoded = Buffer.from(module.toBinary({}).buffer).toString('base64');
  module.destroy();
  const lines = encoded.match(/.{1,110}/g).map((line) => `  '${line}'`);
  return (
    '// Made by tools/kernels/compile.mjs from the .wat file beside it.\n' +
    `/** A WebAssembly module in base64. */\nexport const ${name} =\n${lines.join(' +\n')};\n`
  );
}
