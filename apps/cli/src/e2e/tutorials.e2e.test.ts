import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home } from './testing/command.js';
import { commandsOf } from './testing/doc-commands.js';

// Each tutorial as somebody pastes it, line by line, into one folder.

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Trainings and proofs run in the command itself, which starts faster than a server. */
const withEngine = (text: string): string =>
  /^\.\/mipnet (train|verify) /.test(text) ? `${text} --engine local` : text;

describe.each(['docs/tutorial-table.md', 'docs/tutorial-images.md'])('%s', (page) => {
  const home = new Home();
  beforeAll(() => {
    symlinkSync(`${root}examples`, home.path('examples'));
    writeFileSync(home.path('mipnet'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => home.remove());

  for (const { text } of commandsOf(page, /^(\.\/|node )/)) {
    test(text, () => {
      const { status, stderr } = spawnSync('sh', ['-c', withEngine(text)], {
        cwd: home.folder,
        env: home.env,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
    });
  }

  test('the network is worth having', async () => {
    const file = page.includes('table') ? 'loans.onnx' : 'shapes.onnx';
    const { stdout } = await home.run(['evaluate', file, '--json']);
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
