import { expect, test } from 'vitest';
import { chaos, undisturbed } from './chaos.js';

const plan = [
  '--dataset',
  'digits',
  '--set',
  'dataset.perClass=4',
  '--set',
  'dataset.shifts=0',
  '--set',
  'dataset.validationPerClass=5',
  '--set',
  'solver.workLimit=30',
];

test.skipIf(process.platform !== 'linux')(
  'two runs of a plan at once, while everything is killed and S3 is disturbed, give the network of an undisturbed run',
  { timeout: 900_000 },
  async () => {
    const asked = await undisturbed(plan, () => undefined);
    const said: string[] = [];
    const { done, ended, networks, leaks } = await chaos({
      plan,
      runs: 2,
      everySeconds: 2,
      times: 1,
      say: (line) => said.push(line),
      // All within the 10 s that pass before the first lost MIP is given to another worker.
      disturbances: ['solver', 'temporal', 's3', 'orchestrator', 'network'],
    });
    expect(
      ended.map(({ code }) => code),
      said.join('\n'),
    ).toEqual([0, 0]);
    expect(networks.map((network) => network.equals(asked))).toEqual([true, true]);
    expect(leaks).toEqual([]);
    for (const kind of ['solver', 'orchestrator', 'temporal', 's3', 'network'] as const)
      expect(done[kind], `${kind} was disturbed`).toBeGreaterThan(0);
    const [first, second] = ended.map(({ stdout }) => JSON.parse(stdout));
    expect(first.run).not.toBe(second.run);
    for (const { subproblems } of [first, second]) expect(subproblems).toMatchObject({ total: 45, failed: 0 });
    // What one of them has solved the other need not.
    expect(first.subproblems.reused + second.subproblems.reused).toBeGreaterThan(0);
  },
);
