import { writeNpyHeader } from '@mipnet/dataset';
import { pythonWith } from '@mipnet/solver/testing/python-environment';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home, program } from './testing/command.js';
import { commandsOf } from './testing/doc-commands.js';
import { isNightly } from './testing/nightly.js';

// docs/applying.md as somebody pastes it, line by line, into one folder. Its `python` has numpy and onnxruntime.
// At night: applying.e2e.test.ts compares the same programs on more rows, and docs-commands.unit.test.ts reads the
// commands.

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const home = new Home();
const python = isNightly ? await pythonWith('onnxruntime', ['numpy==2.2.6', 'onnxruntime==1.22.1']) : undefined;
const commands = commandsOf('docs/applying.md', /^(\.\/|python |node |cc )/);

/** Flowers of three kinds, which differ in the size of their petals. */
const flowers = Array.from({ length: 90 }, (_, row) => {
  const [kind, more] = [row % 3, ((row * 37) % 20) / 20];
  return [5 + 0.6 * kind + more, 3.4 - 0.2 * kind + more / 2, 1.4 + 1.9 * kind + more / 2, 0.2 + 0.9 * kind + more / 4];
});
const names = ['setosa', 'versicolor', 'virginica'];

beforeAll(() => {
  const lines = flowers.map((row, at) => [...row.map((number) => number.toFixed(1)), names[at % 3]].join(','));
  writeFileSync(
    home.path('iris.csv'),
    ['sepal length,sepal width,petal length,petal width,species', ...lines].join('\n'),
  );
  const numbers = Buffer.from(Float32Array.from(flowers.flat(), (number) => Number(number.toFixed(1))).buffer);
  writeFileSync(home.path('rows.f32'), numbers);
  writeFileSync(home.path('X.npy'), Buffer.concat([writeNpyHeader('float32', [90, 4]), numbers]));
  symlinkSync(`${root}examples`, home.path('examples'));
  writeFileSync(home.path('mipnet'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
});
afterAll(() => home.remove());

/** Column `prediction` of a file, which is the first or follows `species`. */
function predictionsIn(file: string): string[] {
  const [head, ...lines] = readFileSync(home.path(file), 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(',')[head.split(',').indexOf('prediction')]);
}

let lastOutput = '';

for (const { place, text } of commands) {
  test.skipIf(!isNightly || (python === undefined && text.startsWith('python')))(`${place} ${text}`, () => {
    const local = text.startsWith('./mipnet train') ? `${text} --engine local` : text;
    const path = [...(python === undefined ? [] : [dirname(python)]), process.env.PATH].join(delimiter);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', local], {
      cwd: home.folder,
      env: { ...home.env, PATH: path },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    lastOutput = stdout;
  });
}

test.skipIf(!isNightly)('all ways give the same classes', () => {
  expect(commands.length).toBeGreaterThan(10);
  const predictions = predictionsIn('predictions.csv');
  expect(predictions.filter((name, row) => name === names[row % 3]).length).toBeGreaterThan(70);
  if (python !== undefined) {
    expect(predictionsIn('python.csv')).toEqual(predictions);
    expect(predictionsIn('python-array.csv')).toEqual(predictions);
  }
  expect(predictionsIn('javascript.csv')).toEqual(predictions);
  // The last command of the page is the program in C.
  expect(lastOutput.trimEnd().split('\n')).toEqual(predictions);
});
