import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@mipnet/object-store';
import { noLeaves, type Solved } from '@mipnet/recursion';
import { parsePlan } from '@mipnet/training';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.js';
import { readRecord, writeRecord } from '../records/run-record.js';
import type { Asked, RunRequest } from '../records/run-request.js';
import { driveRun } from './finish-run.js';

let paths: { readonly data: string };
beforeEach(async () => {
  paths = { data: await mkdtemp(join(tmpdir(), 'mipnet-finish-')) };
});
afterEach(() => rm(paths.data, { recursive: true }));

const asked: readonly Asked[] = [
  { kind: 'train', plan: parsePlan('network: [{dense: 1}]', 'test') } as Asked,
  { kind: 'verify', network: 'net.onnx', facts: [] } as Asked,
];

const solved: Solved = {
  name: 'root',
  objective: null,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, optimal: 1 },
  seconds: { solver: 1, merge: 0 },
  stopped: false,
};

/** A run in hand whose engine answers as told, and what became of the engine. */
async function begun(what: Asked, run: () => Promise<Solved>) {
  const node = {
    kind: what.kind,
    name: 'root',
    problem: { key: 'problems/p', sha256: '0'.repeat(64), bytes: 1 },
    splits: [],
  };
  const request: RunRequest = {
    run: 'run',
    asked: what,
    node,
    storeUrl: 'memory:',
    startedAt: new Date(0).toISOString(),
  };
  await writeRecord(paths, { ...request, server: null });
  const said: string[] = [];
  const closed: string[] = [];
  const engine: Engine = {
    kind: 'local',
    server: null,
    uiUrlOf: () => null,
    run,
    close: async () => void closed.push('engine'),
  };
  const watcher = {
    signal: new AbortController().signal,
    say: (line: string) => void said.push(line),
    show: () => undefined,
    showEnd: () => undefined,
    beginKeeping: (onFirst: () => void) => onFirst(),
  };
  const start = { run: 'run', node, store: { id: 'one', url: 'memory:' }, request };
  return { hand: { paths, request, start, store: new MemoryStore(), engine, watcher }, said, closed };
}

describe.each(asked)('a run of the kind $kind', (what) => {
  it('is noted with the reason when it crashes, and its engine is closed', async () => {
    const { hand, closed } = await begun(what, () => Promise.reject(new Error('the solver is broken')));
    await expect(driveRun(hand, async () => 0)).rejects.toThrow('the solver is broken');
    expect((await readRecord(paths, 'run'))?.end).toMatchObject({ status: 'failed', message: 'the solver is broken' });
    expect(closed).toEqual(['engine']);
  });

  it('is noted with its result before it is concluded', async () => {
    const { hand, said, closed } = await begun(what, async () => solved);
    const concluded = await driveRun(hand, async (ended) => {
      expect(closed).toEqual([]);
      return [ended.solved, (await readRecord(paths, 'run'))?.end?.status];
    });
    expect(concluded).toEqual([solved, 'completed']);
    expect(said).toEqual([expect.stringMatching(/^stopping: /)]);
    expect(closed).toEqual(['engine']);
  });

  it('keeps its result in the record when what was asked for cannot be made of it', async () => {
    const { hand } = await begun(what, async () => ({ ...solved, stopped: true }));
    await expect(driveRun(hand, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect((await readRecord(paths, 'run'))?.end).toMatchObject({ status: 'stopped', solved: { stopped: true } });
  });
});
