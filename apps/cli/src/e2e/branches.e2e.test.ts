import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

test('kernels of two sizes side by side: planned, trained, evaluated and verified by the command', async () => {
  writeFileSync(
    home.path('kernels.yaml'),
    `name: kernels
dataset: {name: digits, perClass: 3, validationPerClass: 5}
network:
  - {conv: 3, kernel: 3, activation: step}
  - {averagePool: 4}
  - {flatten: true, name: small}
  - {conv: 3, kernel: 7, activation: step, from: input}
  - {averagePool: 4}
  - {flatten: true, name: large}
  - {concat: true, from: [small, large]}
  - {dense: 10}
splits: [layers, {neurons: {samples: 3}}]
solver: {workLimit: 0}
`,
  );
  const trained = await home.runHere(['train', 'kernels.yaml', '--engine', 'local', '--out', 'net.onnx', '--json']);
  expect(trained.code, trained.stderr).toBe(0);
  const { accuracy, subproblems } = JSON.parse(trained.stdout);
  expect(subproblems).toMatchObject({ total: 7, failed: 0 });
  const evaluated = await home.runHere(['evaluate', 'net.onnx', '--json']);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect(JSON.parse(evaluated.stdout).accuracy).toEqual({ test: accuracy.test });
  const refused = await home.runHere(['train', 'kernels.yaml', '--set', 'network.6.from=[small, big]']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(
    "network.6.from: no layer before it is called 'big'; the names so far are input, small, large",
  );
});
