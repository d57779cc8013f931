import { hasDebianProgram, highsProgram, pythonWithSolvers } from '@mipnet/solver/testing/installed-solvers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { Home } from './testing/command.js';
import { isNightly } from './testing/nightly.js';

const home = new Home();
afterAll(async () => {
  await home.run(['down']);
  home.remove();
});

/** Prints why the tests are skipped if there is no solver. */
const hasCbc = hasDebianProgram('cbc', 'coinor-cbc');
const python = await pythonWithSolvers();

/** One MIP of a few hundred columns. */
const oneMip = [
  ...['--set', 'dataset={name: digits, perClass: 2, validationPerClass: 1}', '--set', 'splits=[]'],
  ...['--set', 'network=[{dense: 10, weights: ternary}]', '--set', 'objectives=[fit]'],
];
const train = (solver: string, ...more: string[]) => [
  'train',
  ...oneMip,
  ...['--set', `solver={backend: ${solver}, timeLimit: 1s}`, '--json', ...more],
];

const solvers: readonly (readonly [name: string, there: boolean, version: RegExp, env: () => NodeJS.ProcessEnv])[] = [
  ['cbc', hasCbc, /^CBC \d/, () => ({})],
  ['highs-native', python !== undefined, /^HiGHS .* \(native\)$/, () => ({ MIPNET_HIGHS: highsProgram(python!) })],
];

describe.each(solvers)('%s', (name, there, version, env) => {
  // Workers on a server open both in the same way.
  const engines = name === 'cbc' || isNightly ? ['local', 'temporal'] : ['local'];
  test.skipIf(!there).each(engines)('solves the MIPs of a training: --engine %s', async (engine) => {
    const { code, stdout, stderr } = await home.run(train(name, '--engine', engine), env());
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      solver: { name, version: expect.stringMatching(version) },
      subproblems: { total: 1, failed: 0 },
    });
  });
});

test.skipIf(!hasCbc)('--solver of verify is what solves its MIPs', async () => {
  expect((await home.runHere(['train', ...oneMip, '--set', 'solver={workLimit: 5}', '--out', 'net.onnx'])).code).toBe(
    0,
  );
  const asked = [
    'verify',
    'net.onnx',
    '--images',
    '0..1',
    '--epsilon',
    '0.02',
    '--time-limit',
    '5s',
    '--engine',
    'local',
    '--json',
  ];
  const [byHighs, byCbc] = [await home.runHere(asked), await home.runHere([...asked, '--solver', 'cbc'])];
  expect([byHighs.code, byCbc.code], byCbc.stderr).toEqual([0, 0]);
  const verdictsOf = ({ stdout }: { readonly stdout: string }) =>
    (JSON.parse(stdout) as { results: { verdict: string }[] }).results.map(({ verdict }) => verdict);
  expect(verdictsOf(byCbc)).toEqual(verdictsOf(byHighs));
});

test.each(['local', 'temporal'])(
  'a solver that is not installed is said before anything starts: %s',
  async (engine) => {
    const { code, stdout, stderr } = await home.runHere(train('cbc', '--engine', engine), {
      MIPNET_CBC: '/nowhere/cbc',
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/'\/nowhere\/cbc' .* is no program that can be run: apt-get install coinor-cbc/);
    expect(stderr).not.toMatch(/MIPs|watch it at/);
  },
);

test('a limit that a solver has not is refused with one sentence', async () => {
  const { code, stderr } = await home.runHere(['train', '--set', 'solver={backend: cbc, workLimit: 9}']);
  expect([code, stderr]).toEqual([
    2,
    'mipnet: preset quickstart: solver.workLimit: the solver cbc has no limit that stops at the same ' +
      'point in every run; set solver.timeLimit instead, or another solver.backend\n',
  ]);
});

test.skipIf(!hasCbc)('a run waits, and says so, until a worker has its solver', async () => {
  const { stdout: up, stderr } = await home.run(['up', '--slots', '1']);
  expect(up, stderr).toMatch(/^Solvers {3}highs$/m);
  const [, address] = /^Temporal {2}(\S+)/m.exec(up)!;
  const [, store] = /^Store {5}(\S+)/m.exec(up)!;
  const waiting = home.start(train('cbc'));
  await waiting.said(
    /the workers of the running stack have the solvers highs, not cbc: the run waits until "mipnet worker --solver cbc" runs/,
  );
  await waiting.said(
    /no worker with the solver cbc polls the queue mipnet-solver-cbc; 1 MIP waits; "mipnet worker --solver cbc" starts one/,
  );
  const worker = home.start(['worker', '--solver', 'cbc', '--slots', '1', '--store', store], {
    TEMPORAL_ADDRESS: address,
  });
  const { code, stdout } = await waiting.ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout).solver).toMatchObject({ name: 'cbc', version: expect.stringMatching(/^CBC \d/) });
  worker.child.kill('SIGTERM');
  await Promise.race([worker.ended, pause(30_000)]);
});
