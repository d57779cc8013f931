import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';
import { roleSettings } from './role-settings.js';

describe('readOptions', () => {
  it('takes what is given, and the store from the environment', () => {
    expect(
      readOptions(['--role', 'solver', '--slots', '3', '--grace', '0', '--queue', 'q'], { MIPNET_STORE: '/data' }),
    ).toEqual({
      role: 'solver',
      slots: 3,
      store: '/data',
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

  it.each([
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

describe('roleSettings', () => {
  it('gives a solver one activity a slot, and asks for no workflows', () => {
    const settings = roleSettings(readOptions(['--role', 'solver', '--store', 's', '--slots', '3'], {}));
    expect(settings).toMatchObject({ taskQueue: 'mipnet-solver', maxConcurrentActivityTaskExecutions: 3 });
  });
});
