import { noopMetricMeter } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { compileWorkerOptions } from '@temporalio/worker/lib/worker-options.js';
import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';
import { settingsOfAll } from './role-settings.js';

describe('readOptions', () => {
  it('takes what is given, and the store from the environment', () => {
    expect(
      readOptions(['--role', 'solver', '--slots', '3', '--grace', '0', '--queue', 'q'], { MIPNET_STORE: '/data' }),
    ).toEqual({
      role: 'solver',
      slots: 3,
      store: '/data',
      solvers: ['highs'],
      queue: 'q',
      grace: 0,
      withParent: false,
    });
    expect(
      readOptions(['--role', 'orchestrator', '--store', 's3://b/p', '--with-parent'], { MIPNET_STORE: '/data' }),
    ).toMatchObject({
      store: 's3://b/p',
      queue: 'mipnet',
      withParent: true,
    });
  });

  it('takes solvers from options, else from the environment, each once', () => {
    const solvers = (args: readonly string[], env = {}) =>
      readOptions(['--role', 'solver', '--store', 's', ...args], env).solvers;
    const env = { MIPNET_SOLVERS: 'highs, scip:/opt/python' };
    expect(solvers([], env)).toEqual(['highs', 'scip:/opt/python']);
    expect(solvers(['--solver', 'cbc:/opt/cbc', '--solver', 'cbc', '--solver', 'highs'], env)).toEqual([
      'cbc:/opt/cbc',
      'highs',
    ]);
    expect(solvers([], { MIPNET_SOLVERS: '' })).toEqual(['highs']);
  });

  it.each([
    [['--role', 'solver', '--store', 's', '--solver', 'cplex'], "no solver is called 'cplex'"],
    [['--store', 's'], '--role is missing'],
    [['--role', 'solver'], '--store (or MIPNET_STORE) is missing'],
    [['--role', 'solver', '--store', 's', '--slots', '0'], "--slots is '0'"],
    [['--role', 'solver', '--store', 's', '--slots', 'many'], "--slots is 'many'"],
    [['--role', 'solver', '--store', 's', '--memory', '1GB'], "--memory is '1GB'"],
    [['--role', 'solver', '--store', 's', '--speed', '9'], '--speed'],
  ])('refuses %j and says what is wrong', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message) }),
    );
  });
});

describe('settingsOfAll', () => {
  it('gives a solver one activity a slot, and asks for no workflows', () => {
    const settings = settingsOfAll(readOptions(['--role', 'solver', '--store', 's', '--slots', '3'], {}));
    expect(settings).toMatchObject([{ taskQueue: 'mipnet-solver', maxConcurrentActivityTaskExecutions: 3 }]);
  });

  it('gives each solver a queue of its own, and an orchestrator one queue whatever solvers there are', () => {
    const queues = (role: string) =>
      settingsOfAll(
        readOptions(['--role', role, '--store', 's', '--solver', 'highs', '--solver', 'cp-sat', '--queue', 'q'], {}),
      ).map(({ taskQueue }) => taskQueue);
    expect(queues('solver')).toEqual(['q-solver', 'q-solver-cp-sat']);
    expect(queues('orchestrator')).toEqual(['q']);
  });

  it('gives workflows of many parts more than the 5 s of the SDK on a busy machine', () => {
    const [settings] = settingsOfAll(readOptions(['--role', 'orchestrator', '--store', 's'], {}));
    expect(
      compileWorkerOptions(settings, new DefaultLogger('ERROR'), noopMetricMeter).isolateExecutionTimeoutMs,
    ).toBeGreaterThanOrEqual(60_000);
  });
});
