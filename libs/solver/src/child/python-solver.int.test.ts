import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { knapsacks } from '../conformance/known-cases.js';
import { openSolver } from '../open-solver.js';

// The life of the process that a Python package runs in, shown with interpreters that only answer like one.

const model = knapsacks(4, 1, 1);

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mipnet-python-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * An interpreter that says its process number into a file, says that it is ready, and then does something for each
 * line.
 */
function interpreter(onLine: string): string {
  const path = join(folder, 'python');
  writeFileSync(
    path,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const pids = ${JSON.stringify(join(folder, 'pids'))};
appendFileSync(pids, process.pid + '\\n');
const lives = readFileSync(pids, 'utf8').trim().split('\\n').length;
const say = (answer) => console.log(JSON.stringify(answer));
say({ ready: 'Fake 1' });
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  ${onLine}
});
setInterval(() => undefined, 1000);
`,
  );
  chmodSync(path, 0o755);
  return `scip:${path}`;
}
const pids = (): number[] => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const solved = `say({ end: { status: 'optimal', x: [0, 0, 0, 0] } });`;

describe('the process of a Python package', () => {
  test('is loaded once, and solves one model after the other', async () => {
    const solver = await openSolver(interpreter(solved));
    expect(solver.name).toBe('Fake 1');
    const results = await Promise.all([1, 2, 3].map(() => solver.solve(model)));
    expect(results.map(({ status, objective }) => [status, objective])).toEqual(Array(3).fill(['optimal', 0]));
    expect(pids()).toHaveLength(1);
    await solver.close();
    expect(isRunning(pids()[0])).toBe(false);
    await expect(solver.solve(model)).rejects.toMatchObject({ code: 'closed' });
  });

  test('that dies in a solve is a crash with its last words, and the next solve loads another', async () => {
    const solver = await openSolver(
      interpreter(`if (lives === 1) { console.error('out of luck'); process.exit(3); } ${solved}`),
    );
    await expect(solver.solve(model)).rejects.toMatchObject({
      code: 'crash',
      message: 'Fake 1 failed on a model of 4 columns and 1 rows: its process ended with code 3: out of luck',
    });
    expect((await solver.solve(model)).status).toBe('optimal');
    await solver.close();
  });

  test('that does not listen to a stop is ended, and what it has found is kept', async () => {
    const solver = await openSolver(interpreter(`say({ news: { x: [0, 0, 0, 0], bound: -500 } });`));
    const controller = new AbortController();
    const { status, objective, bound, interrupted } = await solver.solve(model, {
      signal: controller.signal,
      onIncumbent: () => controller.abort(),
    });
    expect({ status, objective, bound, interrupted }).toEqual({
      status: 'feasible',
      objective: 0,
      bound: -500,
      interrupted: true,
    });
    expect(isRunning(pids()[0])).toBe(false);
    await solver.close();
  });

  test('a model that it cannot take is an error of the input, and costs no process', async () => {
    const solver = await openSolver(interpreter(`say({ error: 'the licence is too small', unsupported: true });`));
    for (let i = 0; i < 2; i++)
      await expect(solver.solve(model)).rejects.toMatchObject({
        code: 'unsupported',
        blame: 'input',
        message: 'the licence is too small',
      });
    expect(pids()).toHaveLength(1);
    await solver.close();
  });

  test('does not keep its owner alive, and does not outlive it', async () => {
    const url = interpreter(solved);
    const script = join(folder, 'owner.mjs');
    const dist = (name: string): string => JSON.stringify(new URL(`../../dist/${name}`, import.meta.url).href);
    writeFileSync(
      script,
      `import { openSolver } from ${dist('index.js')};
       import { knapsacks } from ${dist('conformance/known-cases.js')};
       const solver = await openSolver(${JSON.stringify(url)});
       console.log((await solver.solve(knapsacks(4, 1, 1))).status);
       if (process.argv[2] === 'close') console.log(await solver.close());`,
    );
    const env = { ...process.env, TMPDIR: folder };
    const run = (how: string): Promise<{ readonly stdout: string }> =>
      promisify(execFile)(process.execPath, [script, how], { env });
    expect((await run('leave')).stdout).toBe('optimal\n');
    // The end of an idle process is waited for.
    expect((await run('close')).stdout).toBe('optimal\nundefined\n');
    const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith('mipnet-solver-'));
    while (pids().some(isRunning) || left().length > 0) await pause(20);
  });

  test('a package that is not there is one clear sentence with the command that installs it', async () => {
    const python = join(folder, 'bare-python');
    writeFileSync(python, '#!/bin/sh\nexec python3 -I -S "$@"\n');
    chmodSync(python, 0o755);
    for (const [solver, module] of [
      ['scip', 'pyscipopt'],
      ['cp-sat', 'ortools'],
      ['gurobi', 'gurobipy'],
    ])
      await expect(openSolver(`${solver}:${python}`)).rejects.toMatchObject({
        code: 'missing',
        blame: 'input',
        message:
          `the solver '${solver}' needs the Python package ${module}, which '${python}' does not have: ` +
          `${python} -m pip install ${module}, or name another interpreter by $MIPNET_PYTHON`,
      });
  });
});
