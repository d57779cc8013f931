import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';
import { isNightly } from './testing/nightly.js';

const home = new Home();
afterAll(() => home.remove());

/** One MIP that takes minutes. */
const longMip = [
  'train',
  ...['--set', 'dataset={name: digits, perClass: 20, shifts: 0}', '--set', 'network=[{dense: 10}]'],
  ...['--set', 'splits=[]', '--set', 'solver={}', '--set', 'name=long'],
];

// On a server, node-run.int.test.ts has by day what a long leaf says.
test.each(isNightly ? ['local', 'temporal'] : ['local'])(
  'one long MIP under --engine %s shows its incumbent, bound and gap',
  async (engine) => {
    const running = home.start([...longMip, '--engine', engine, '--out', `${engine}.onnx`]);
    // However fast the machine is: it is stopped after the lines.
    await running.said(/(\n {2}0\/1 MIPs \| [^\n]*objective \S+ \| bound \S+ \| gap \S+% \| [a-z ]+[^\n]*){3}/);
    running.child.kill('SIGINT');
    const { stderr, code } = await running.ended;
    expect(code, stderr).toBe(3);
    // progress-display.unit.test.ts shows with a clock of its own that twelve come in a minute.
    const at = [...stderr.matchAll(/^ {2}0\/1 MIPs \| (\d+) s \|/gm)].map(([, second]) => Number(second));
    expect(at.length).toBeGreaterThanOrEqual(3);
  },
);

test('--quiet says nothing on stderr; --verbose says what each MIP does, and both give the same network', async () => {
  const run = (...options: string[]) => home.runHere(['train', ...tinyDigits, '--engine', 'local', ...options]);
  const quiet = await run('--quiet', '--out', 'quiet.onnx');
  expect([quiet.code, quiet.stderr]).toEqual([0, '']);
  expect(quiet.stdout).toMatch(/^accuracy/);
  const verbose = await run('--verbose', '--set', 'solver.reuse=false', '--out', 'verbose.onnx', '--json');
  expect(verbose.code, verbose.stderr).toBe(0);
  expect(JSON.parse(verbose.stdout).objective).toBeDefined();
});
