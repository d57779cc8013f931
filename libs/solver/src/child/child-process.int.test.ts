import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Solver, OpenOptions } from '../solver.js';
import { knapsacks } from '../conformance/known-cases.js';
import { openSolver } from '../open-solver.js';

// What every solver that is a process of its own relies on, shown with programs that only say that they are HiGHS.

const model = knapsacks(10, 2, 1);
const temporary = process.env.TMPDIR;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mipnet-child-test-'));
  process.env.TMPDIR = join(folder);
});
afterEach(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  rmSync(folder, { recursive: true });
});

/** Writes a program that says its process number into a file, then does what the script says. */
function program(script: string): string {
  const path = join(folder, 'program');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && { echo HiGHS version 0.1; exit; }\necho $$ ` +
      `>${join(folder, 'pid')}\n${script}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}
const fake = (script: string, options?: OpenOptions): Promise<Solver> =>
  openSolver(`highs-native:${program(script)}`, options);

const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('mipnet-solver-'));

/** Whether the program runs; a zombie counts as running. */
function isRunning(): boolean {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}
const started = (): Promise<void> =>
  until(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8').endsWith('\n'));

describe('a solver process', () => {
  test('that dies is a crash with its last words, cut; no file and no process stay', async () => {
    const solver = await fake(`printf '%4000s' | tr ' ' x >&2; echo 'the last straw' >&2; exit 9`);
    const error = (await solver.solve(model).catch((cause: unknown) => cause)) as Error;
    expect(error).toMatchObject({ name: 'SolverError', code: 'crash', blame: 'environment' });
    expect(error.message).toMatch(/10 columns and 2 rows: its process ended with code 9: \.\.\.x+ ?the last straw$/);
    expect(error.message.length).toBeLessThan(1000);
    expect(leftovers()).toEqual([]);
    expect(isRunning()).toBe(false);
  });

  test('that ends well without an answer is a crash, too', async () => {
    const solver = await fake('echo nothing to say');
    await expect(solver.solve(model)).rejects.toMatchObject({
      code: 'crash',
      message: expect.stringContaining('ended with code 0: nothing to say'),
    });
  });

  test('that is ended from outside is a crash', async () => {
    const solver = await fake('kill -SEGV $$');
    await expect(solver.solve(model)).rejects.toMatchObject({ code: 'crash', message: /code 139/ });
  });

  test('that needs more memory than it may is ended, and the ceiling is named', async () => {
    const hog = `exec ${process.execPath} -e 'const a = []; setInterval(() => a.push(Buffer.alloc(2e7, 1)), 10)'`;
    const solver = await fake(hog, { memoryMegabytes: 300 });
    await expect(solver.solve(model)).rejects.toMatchObject({
      code: 'crash',
      message: expect.stringContaining('more than the 300 MB'),
    });
    expect(isRunning()).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test('that is deaf to its time limit is ended some seconds later, with nothing found', async () => {
    const solver = await fake('exec sleep 1000');
    const { status, seconds, interrupted } = await solver.solve(model, { timeLimit: 0.1 });
    expect({ status, interrupted }).toEqual({ status: 'unresolved', interrupted: false });
    expect(seconds).toBeGreaterThan(5);
    expect(isRunning()).toBe(false);
  });

  test('ends when its solver is closed, and the solve with it', async () => {
    const solver = await fake('exec sleep 1000');
    const solve = solver.solve(model).catch((cause: unknown) => cause);
    await started();
    await solver.close();
    expect(await solve).toMatchObject({ code: 'closed' });
    expect(isRunning()).toBe(false);
    expect(leftovers()).toEqual([]);
    await expect(solver.solve(model)).rejects.toMatchObject({ code: 'closed' });
  });

  test.each(['the process', 'the thread'])('does not outlive %s that solves', async (who) => {
    const path = program('exec sleep 1000');
    const script = join(folder, 'solving.mjs');
    const isThread = who === 'the thread';
    writeFileSync(
      script,
      `import { isMainThread, Worker } from 'node:worker_threads';
       if (${isThread} && isMainThread) {
         const worker = new Worker(new URL(import.meta.url));
         process.stdin.once('data', () => worker.terminate());
       } else {
         const { openSolver } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
         const { knapsacks } = await import(${JSON.stringify(new URL('../../dist/conformance/known-cases.js', import.meta.url).href)});
         await (await openSolver(${JSON.stringify(`highs-native:${path}`)})).solve(knapsacks(10, 2, 1));
       }`,
    );
    const owner = spawn(process.execPath, [script], { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
    await started();
    expect(leftovers()).toHaveLength(1);
    if (isThread) owner.stdin.write('end it\n');
    // Its whole group, as a supervisor does.
    else process.kill(-owner.pid!, 'SIGKILL');
    await until(() => !isRunning() && leftovers().length === 0);
    const ended = owner.exitCode === null && owner.signalCode === null ? once(owner, 'exit') : undefined;
    owner.kill('SIGKILL');
    await ended;
  });
});

describe('a solver that is not there', () => {
  test.each([
    ['simplexo:', 'unknown', /no solver is called 'simplexo': use one of highs, highs-native/],
    ['highs:/usr/bin/highs', 'unknown', /inside mipnet.*highs-native/],
    [
      'highs-native:/no/such/highs',
      'missing',
      /'\/no\/such\/highs' is no program that can be run: pip install highsbox/,
    ],
    ['scip:/bin/echo', 'missing', /'\/bin\/echo' is no Python interpreter/],
    ['highs-native:/bin/true', 'missing', /'\/bin\/true' does not say that it is HiGHS/],
  ])('%s is one clear sentence', async (url, code, message) => {
    await expect(openSolver(url)).rejects.toMatchObject({
      code,
      blame: 'input',
      message: expect.stringMatching(message),
    });
  });
});
