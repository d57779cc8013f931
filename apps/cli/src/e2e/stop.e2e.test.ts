import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home, slowDigits } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

test.each(['local', 'temporal'])('Ctrl-C under --engine %s ends within seconds with the network so far', async (engine) => {
  const running = home.start(['train', ...slowDigits, '--engine', engine, '--out', `${engine}.onnx`, '--json']);
  await running.said(/[1-9]\d*\/45 MIPs/);
  const asked = Date.now();
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(3);
  expect(stderr).toContain('stopping');
  const report = JSON.parse(stdout);
  expect(report.subproblems.total).toBeGreaterThan(0);
  expect(report.subproblems.total).toBeLessThan(45);
  expect(existsSync(report.network.file)).toBe(true);
  expect(Date.now() - asked).toBeLessThan(30_000);
});

test('a second Ctrl-C leaves at once', async () => {
  const running = home.start(['train', ...slowDigits, '--engine', 'local', '--json']);
  await running.said(/training quickstart/);
  await running.said(/\/45 MIPs/);
  running.child.kill('SIGINT');
  running.child.kill('SIGTERM');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
});
