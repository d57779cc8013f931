import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { toOnnx } from '@mipnet/network';
import { encodeNpy } from '@mipnet/verification';
import { afterAll, expect, test } from 'vitest';
import { Home, slowDigits, tinyDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

const refresh = '<meta http-equiv="refresh"';

test('a run of another process is shown while it works, and its page is the final one at the end', async () => {
  const training = home.start(['train', ...slowDigits, '--engine', 'local', '--slots', '2', '--json']);
  await training.said(/training \S+ on \d+ samples/);
  let following = home.start(['report', 'last', '--follow', '--out', 'live.html']);
  // The record is written a moment after that line.
  while ((await Promise.race([following.ended, pause(3000)]))?.code === 2)
    following = home.start(['report', 'last', '--follow', '--out', 'live.html']);
  const page = (): string => (existsSync(home.path('live.html')) ? readFileSync(home.path('live.html'), 'utf8') : '');
  await expect.poll(page, { timeout: 300_000, interval: 200 }).toContain(refresh);
  expect(page()).toMatch(/\d+ of 45<\/b><span>MIPs solved/);
  training.child.kill('SIGINT');
  const { code, stdout } = await training.ended;
  expect(code).toBe(3);
  const { run } = JSON.parse(stdout) as { run: string };
  const followed = await following.ended;
  expect(followed.code, followed.stderr).toBe(0);
  expect(page()).not.toContain(refresh);
  expect(page()).toContain(run);
  expect(page()).toContain('Slots and idle time');
});

test('a verification shows its witnesses, also of flat images, and does not hide the last training', async () => {
  // Class 1 wins on a bright image; this one is dark, and any input may become bright.
  const weights = new Float64Array(2 * 64).fill(1, 64);
  const dense = { kind: 'dense', inputs: 64, outputs: 2, weights, bias: Float64Array.of(16, 0) } as const;
  writeFileSync(home.path('flat.onnx'), toOnnx({ inputShape: [64], layers: [dense] }));
  writeFileSync(home.path('x.npy'), encodeNpy(new Float32Array(64), [1, 64]));
  const asked = ['--input', 'x.npy', '--epsilon', '1', '--out', 'witnesses', '--engine', 'local', '--json'];
  const verified = await home.runHere(['verify', 'flat.onnx', ...asked]);
  expect(verified.code, verified.stderr).toBe(0);
  const { run, results } = JSON.parse(verified.stdout) as { run: string; results: { verdict: string }[] };
  expect(results).toMatchObject([{ verdict: 'adversarial' }]);
  for (const name of ['row-0.png', 'row-0-original.png', 'row-0-difference.png'])
    expect(existsSync(home.path(`witnesses/${name}`)), name).toBe(true);

  const page = await home.runHere(['report', run, '--out', 'verification.html']);
  expect(page.code, page.stderr).toBe(0);
  const html = readFileSync(home.path('verification.html'), 'utf8');
  expect(html).toMatch(/alt="row 0, witness: 1"[^]*alt="row 0, difference"/);

  const last = await home.runHere(['report', 'last', '--out', 'last.html']);
  expect(last.stderr).toMatch(/^last is \S+ \(training,/m);
});

test('several runs make a comparison, with what differs', async () => {
  const trained = async (seed: number): Promise<string> => {
    const args = [
      ...tinyDigits,
      '--set',
      `seed=${seed}`,
      '--set',
      'splits=[]',
      '--set',
      'network=[{averagePool: 4}, {dense: 10}]',
    ];
    const ended = await home.runHere(['train', ...args, '--engine', 'local', '--json']);
    expect(ended.stdout, ended.stderr).not.toBe('');
    return (JSON.parse(ended.stdout) as { run: string }).run;
  };
  const [one, other] = [await trained(1), await trained(2)];
  const compared = await home.runHere(['report', one, other, '--out', 'compared.html']);
  expect(compared.code, compared.stderr).toBe(0);
  const html = readFileSync(home.path('compared.html'), 'utf8');
  for (const said of [one, other, '>seed', 'Mean and spread', '<b>1</b><span>setting differs'])
    expect(html).toContain(said);

  const refused = await home.runHere(['report', one, other, '--follow']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--follow is for one run') });
});
