import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** Process ids of the solver workers that a command started. */
function solversOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/)).flatMap((found) =>
    found && Number(found[2]) === parent && found[3].includes('--role solver') ? [Number(found[1])] : []);
}

test('kill -9 of the solver worker in mid-run changes no byte of the network', async () => {
  const plan = [...tinyDigits, '--set', 'dataset.perClass=5', '--set', 'solver.workLimit=60'];
  const undisturbed = await home.run(['train', ...plan, '--engine', 'local', '--out', 'undisturbed.onnx']);
  expect(undisturbed.code, undisturbed.stderr).toBe(0);

  const running = home.start(['train', ...plan, '--engine', 'temporal', '--out', 'killed.onnx', '--json']);
  await running.said(/[1-9]\d*\/45 MIPs/);
  const [solver] = solversOf(running.child.pid ?? 0);
  process.kill(solver, 'SIGKILL');
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('the solver worker was ended by SIGKILL; starting it again');
  expect(JSON.parse(stdout).subproblems).toMatchObject({ total: 45, failed: 0 });
  expect(readFileSync(home.path('killed.onnx')).equals(readFileSync(home.path('undisturbed.onnx')))).toBe(true);
});
