import { pythonWith } from '@mipnet/solver/testing/python-environment';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home, program, tinyDigits } from './testing/command.js';
import { commandsOf, docPages } from './testing/doc-commands.js';
import { isNightly } from './testing/nightly.js';
import { wordsOfLine } from './testing/parse-command.js';

// Each tutorial, line by line in one folder: at night as somebody pastes it, by day the commands run in this process.

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Of the tutorial on networks of others: scikit-learn takes long to install, so its files are kept, too. */
const certify = 'docs/tutorial-certify.md';
const firstNetwork = 'docs/tutorial-first-network.md';
const python = isNightly ? await pythonWith('skl2onnx', ['scikit-learn==1.9.1', 'skl2onnx==1.20.0']) : undefined;

/** Each page, and a network that it makes. */
const networks: Readonly<Record<string, string>> = {
  [firstNetwork]: 'digits.onnx',
  [certify]: 'digits.onnx',
  'docs/tutorial-table.md': 'loans.onnx',
  'docs/tutorial-images.md': 'shapes.onnx',
  'docs/tutorial-optimal.md': 'rules.onnx',
};

/** Trainings and proofs run in the command itself, which starts faster than a server. */
const withEngine = (text: string): string =>
  /^\.\/mipnet (train|verify) /.test(text) ? `${text} --engine local` : text;
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
/** Digits are drawn and few unless it is night. */
const smaller = (page: string, text: string): string => {
  if (isNightly) return text;
  if (page === firstNetwork && text.startsWith('./mipnet train')) return `${text} ${quoted(tinyDigits)}`;
  if (page === certify && text.startsWith('./mipnet verify')) return `${text} --time-limit 5`;
  return text.replace(' --rows 0..9 ', ' --rows 0..2 ');
};

test('every tutorial is run', () => {
  expect(Object.keys(networks).sort()).toEqual(
    docPages()
      .filter((page) => page.startsWith('docs/tutorial-'))
      .sort(),
  );
});

describe.each(Object.keys(networks))('%s', (page) => {
  const home = new Home();
  beforeAll(() => {
    symlinkSync(`${root}examples`, home.path('examples'));
    if (page === certify && python === undefined)
      for (const file of ['digits.onnx', 'rows.npy', 'labels.npy'])
        copyFileSync(fileURLToPath(new URL(`fixtures/${file}`, import.meta.url)), home.path(file));
    writeFileSync(home.path('mipnet'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => home.remove());

  let trainings = 0;
  for (const { text } of commandsOf(page, /^(\.\/|node |python )/)) {
    // A page's first training makes the network that the other commands read.
    const isFurther = text.startsWith('./mipnet train') && trainings++ > 0;
    const line = withEngine(smaller(page, text));
    test.skipIf((isFurther && !isNightly) || (text.startsWith('python ') && python === undefined))(text, async () => {
      if (!isNightly && line.startsWith('./mipnet ')) {
        const { code, stderr } = await home.runHere(wordsOfLine(line));
        expect(code, stderr).toBe(0);
        return;
      }
      const path = [...(python === undefined ? [] : [dirname(python)]), process.env.PATH].join(delimiter);
      const { status, stderr } = spawnSync('sh', ['-c', line], {
        cwd: home.folder,
        env: { ...home.env, PATH: path },
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
    });
  }

  const isWhole = page !== certify && (page !== firstNetwork || isNightly);
  test.skipIf(!isWhole)('the network is worth having', async () => {
    const { stdout } = await home.runHere(['evaluate', networks[page], '--json']);
    const { test: figures } = JSON.parse(stdout) as { test: { accuracy: number; balancedAccuracy: number } };
    // Four in five loans are repaid, and three shapes are equally frequent.
    expect(figures.accuracy).toBeGreaterThan(0.85);
    expect(figures.balancedAccuracy).toBeGreaterThan(0.7);
  });

  if (page.includes('table'))
    test('the table that the page shows is the one that the example writes', () => {
      const [, shown] = /```text\n([\s\S]*?)```/.exec(readFileSync(`${root}${page}`, 'utf8'))!;
      expect(readFileSync(home.path('loans.csv'), 'utf8').startsWith(shown)).toBe(true);
    });
});
