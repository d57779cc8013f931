import { afterAll, expect, test } from 'vitest';
import { Home, tinyDigits } from './testing/command.js';

const home = new Home();

afterAll(async () => {
  await home.run(['down']);
  home.remove();
});

test('autoscale starts workers when a run needs them, serves its demand, and ends with its workers and its server', async () => {
  const scaler = home.start([
    ...['autoscale', '--min', '0', '--max', '1', '--interval', '500ms', '--listen', '127.0.0.1:0'],
  ]);
  const [, url] = await scaler.said(/demand at (http:\S+)/);

  const trained = await home.run(['train', ...tinyDigits, '--engine', 'temporal', '--out', 'net.onnx', '--json']);
  expect(trained.code, trained.stderr).toBe(0);
  await scaler.said(/workers 0 -> 1: \d+ waiting/);
  const demand = await fetch(url);
  expect([demand.status, await demand.json()]).toMatchObject([200, { slots: 1 }]);

  scaler.child.kill('SIGTERM');
  const { code, stderr } = await scaler.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('draining: workers finish their solves');
  expect((await home.run(['down'])).stdout).toBe('nothing is running\n');
});
