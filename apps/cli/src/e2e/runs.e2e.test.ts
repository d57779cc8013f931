import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { Home, slowDigits, tinyDigits } from './testing/command.js';

const home = new Home();
/** Many commands one after the other: long only on a busy machine. */
const minutes = 1_800_000;
afterAll(() => home.remove());

interface Line {
  readonly run: string;
  readonly workflowId: string | null;
  readonly status: string;
  readonly subproblems: { readonly solved: number; readonly total: number } | null;
}

async function runs(): Promise<readonly Line[]> {
  const { code, stdout, stderr } = await home.runHere(['runs', '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Line[];
}

/** Far longer than anything here takes on a busy machine: what is not seen by then does not come. */
const untilSeconds = 300;

/** Looks at the newest run until it is as wanted. */
async function until(wanted: (line: Line) => boolean): Promise<Line> {
  const deadline = Date.now() + 1000 * untilSeconds;
  for (;;) {
    const [newest] = await runs();
    if (newest && wanted(newest)) return newest;
    if (Date.now() > deadline)
      throw new Error(`not seen within ${untilSeconds} s; the newest run is ${JSON.stringify(newest)}`);
    await setTimeout(500);
  }
}

/** Exit 2, nothing on stdout and one sentence. */
async function refused(args: readonly string[], sentence: RegExp): Promise<void> {
  const { code, stdout, stderr } = await home.runHere(args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(sentence);
}

test('without any run and without a server', async () => {
  expect(await runs()).toEqual([]);
  await refused(['watch', 'last'], /there is no run yet/);
  await refused(
    ['train', ...tinyDigits, '--detach'],
    /--detach: a server of this command's own would end with it; run "mipnet up" first/,
  );
  await refused(['train', ...tinyDigits, '--detach', '--engine', 'local'], /--detach: a run of --engine local/);
});

test(
  'a run whose command was killed is lost, and resume continues it to the same network',
  async () => {
    // Solved again each time: what the runs before have solved is no test of this one.
    const plan = [...tinyDigits, '--set', 'dataset.perClass=5', '--set', 'solver.workLimit=40'];
    const undisturbed = await home.runHere(['train', ...plan, '--engine', 'local', '--out', 'undisturbed.onnx']);
    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    const [local] = await runs();
    expect(local).toMatchObject({ workflowId: null, status: 'completed', subproblems: { solved: 45, total: 45 } });

    // On one slot it takes far longer than until its second line of progress.
    const killed = home.start(['train', ...plan, '--engine', 'temporal', '--slots', '1', '--out', 'resumed.onnx']);
    await killed.said(/[1-9]\d*\/45 MIPs/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    // While its server dies it is unreachable.
    const lost = await until(({ status }) => !['running', 'unreachable'].includes(status));
    expect(lost.status).toBe('lost');
    expect(lost.run).not.toBe(local.run);
    await refused(['watch', lost.run], /is lost: its process died; continue it with "mipnet resume /);

    const resumed = await home.run(['resume', 'last', '--json', '--slots', '2']);
    expect(resumed.code, resumed.stderr).toBe(0);
    const report = JSON.parse(resumed.stdout);
    expect(report).toMatchObject({
      run: lost.run,
      network: { file: home.path('resumed.onnx') },
      subproblems: { total: 45, failed: 0 },
    });
    expect(readFileSync(home.path('resumed.onnx')).equals(readFileSync(home.path('undisturbed.onnx')))).toBe(true);
    expect(readdirSync(home.path(`home/data/runs/${lost.run}`)).filter((name) => name.startsWith('temporal'))).toEqual(
      [],
    );
    // Records, objects, networks, databases and logs are for nobody else on the machine.
    const kept = ['', ...readdirSync(home.path('home'), { recursive: true }).map(String)].map((name) =>
      join(home.path('home'), name),
    );
    expect(
      kept.some((path) => path.endsWith('orchestrator.log')) &&
        kept.some((path) => path.includes('/objects/problems/')),
    ).toBe(true);
    expect(kept.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
    await refused(['resume', lost.run], /has ended \(completed\); "mipnet watch .*" writes its network/);

    const more = await home.runHere([
      'resume',
      '--from',
      lost.run,
      '--set',
      'solver.workLimit=80',
      '--set',
      'budget.subproblems=9',
      '--engine',
      'local',
      '--json',
    ]);
    expect(more.code, more.stderr).toBe(3);
    const better = JSON.parse(more.stdout);
    expect(better).toMatchObject({ endedBy: 'subproblems', dataset: report.dataset });
    expect(better.objective).toBeLessThanOrEqual(report.objective);
    expect(better.run).not.toBe(report.run);
    await refused(['resume', '--from', lost.run, '--set', 'dataset.perClass=9'], /keeps its problem/);
  },
  minutes,
);

test(
  'a local run is controlled in its own terminal, and is lost with it',
  async () => {
    const running = home.start(['train', ...slowDigits, '--engine', 'local']);
    await running.said(/\/45 MIPs/);
    const { run } = await until(({ status }) => status === 'running');
    await refused(['pause', run], /is driven by process \d+ alone \(--engine local\).*Ctrl-C/);
    running.child.kill('SIGKILL');
    await running.ended;
    await until(({ status }) => status === 'lost');
    await refused(['resume', run], /is lost: .*nothing to continue from/);
    await refused(['report', run], /is lost: .*nothing to continue from/);
  },
  minutes,
);

test(
  'a run whose report is asked for by another command, on a kept stack',
  async () => {
    let stoppedRun = '';
    const up = await home.run(['up', '--slots', '1']);
    expect(up.code, up.stderr).toBe(0);
    try {
      const started = await home.run(['train', ...slowDigits, '--detach', '--priority', '2', '--json']);
      expect(started.code, started.stderr).toBe(0);
      const { run, workflowId } = JSON.parse(started.stdout);
      stoppedRun = run;
      expect(workflowId).toBe(run);
      await until(({ subproblems }) => (subproblems?.solved ?? 0) > 0);

      expect((await home.runHere(['pause', run])).stdout).toContain('is paused');
      // MIPs that are in the queue already still end: that no others follow is a test of the workflow, with a small
      // window.
      const held = await until(({ status, subproblems }) => status === 'paused' && subproblems !== null);
      const resumed = await home.run(['resume', 'last', '--out', 'asked.onnx']);
      expect(resumed.stdout).toContain(
        `continues; "mipnet watch ${run}" writes its network to ${home.path('asked.onnx')}`,
      );
      expect(resumed.stderr).toContain(`last is ${run}`);
      await until(
        ({ status, subproblems }) => status === 'running' && (subproblems?.solved ?? 0) > held.subproblems!.solved,
      );

      const watching = home.start(['watch', run.slice(0, -1), '--json']);
      await watching.said(/watching/);
      expect((await home.run(['stop', run])).stdout).toBe(
        `${run} stops and keeps its best network: "mipnet watch ${run}" writes it\n`,
      );
      const { code, stdout, stderr } = await watching.ended;
      expect(code, stderr).toBe(3);
      const report = JSON.parse(stdout);
      expect(report).toMatchObject({ run, workflowId: run, network: { file: home.path('asked.onnx') } });
      expect(report.subproblems.unfinished).toBeGreaterThan(0);
      expect(report.subproblems.total).toBe(45);
      expect(existsSync(home.path('asked.onnx'))).toBe(true);
      expect((await runs())[0]).toMatchObject({ run, status: 'stopped' });
      await refused(['stop', run], /has ended \(stopped\)/);

      // The id alone on stdout, for RUN=$(mipnet train --detach).
      const left = await home.runHere(['train', ...tinyDigits, '--detach']);
      const id = left.stdout.trimEnd();
      expect(left.stdout).toMatch(/^[\w.-]+\n$/);
      expect(left.stderr).toContain(`"mipnet watch ${id}" shows it`);
      expect((await home.runHere(['watch', id, '--json'])).code).toBe(0);
    } finally {
      await home.run(['down']);
    }
    // The server is gone, the result is not.
    const again = await home.runHere(['watch', stoppedRun, '--out', 'again.onnx', '--json']);
    expect(again.code, again.stderr).toBe(3);
    expect(readFileSync(home.path('again.onnx')).equals(readFileSync(home.path('asked.onnx')))).toBe(true);

    const page = await home.runHere(['report', stoppedRun]);
    expect(page.code, page.stderr).toBe(0);
    const html = readFileSync(page.stdout.trim(), 'utf8');
    const { run, accuracy } = JSON.parse(again.stdout);
    for (const said of [run, `${(100 * accuracy.test).toFixed(2)}%`, 'pair 0v1', 'data:image/png'])
      expect(html).toContain(said);
  },
  minutes,
);

test.each<[string, readonly string[], RegExp]>([
  ['unknown run', ['stop', 'nothing'], /there is no run 'nothing'; "mipnet runs" lists those that are known here/],
  [
    'several runs',
    ['watch', 'quickstart-'],
    /'quickstart-' is the beginning of several runs, such as .*; give more of the id/,
  ],
  ['resume without a run', ['resume'], /give a run to continue, or --from and a run that has ended/],
  ['no run id', ['pause', '../run'], /'\.\.\/run' is not the id of a run/],
  ['priority out of range', ['train', '--priority', '6'], /Give 1 \(first\) to 5 \(last\)/],
])('%s', async (_, args, sentence) => refused(args, sentence));
