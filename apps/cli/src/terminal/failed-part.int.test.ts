import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAnyStore } from '@mipnet/activities';
import { seededRandom, type LoadedDataset } from '@mipnet/dataset';
import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import { parsePlan, prepareRun } from '@mipnet/training';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { exitCode } from '../program/exit-code.js';
import { collectRun, LocalEngine } from '@mipnet/runs';
import type { EndedRun, TrainAsked } from '@mipnet/runs/records';
import { printCollected } from './print-collected.js';

/**
 * A slot's memory, MB, that the MIP of the two large classes exceeds (HiGHS needs 100 to 128 for it) and the other two
 * do not (60 to 70).
 */
const slotMegabytes = 84;
const large = 2000;
const features = 20;

/** Three classes that nothing tells apart; two of them are large. */
function unevenTable(): LoadedDataset {
  const random = seededRandom(3);
  const count = 2 * large + 10;
  const classes = ['0', '1', '2'];
  const train = {
    name: 'uneven',
    classes,
    inputShape: [features],
    count,
    size: features,
    features: Uint8Array.from({ length: count * features }, () => random.integer(256)),
    scale: 1 / 255,
    labels: Int32Array.from({ length: count }, (_, row) => Math.floor(row / large)),
  };
  return { name: 'uneven', classes, inputShape: [features], train, test: null, notes: [] };
}

let folder: string;
let store: ObjectStore;
let ended: EndedRun<TrainAsked>;
let out = '';
const said: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-failed-part-'));
  const storeUrl = join(folder, 'objects');
  store = await openAnyStore(storeUrl);
  const plan = parsePlan(
    '{name: uneven, network: [{dense: 1, activation: sign}], splits: [pairs], dataset: {name: digits, ' +
      'validationPerClass: 0}, solver: {workLimit: 50}}',
    'test',
  );
  const { node } = await prepareRun(plan, unevenTable(), store);
  const identity = await ensureStoreId(store);
  const engine = new LocalEngine(store, 1, { memoryMegabytes: slotMegabytes });
  const startedAt = new Date().toISOString();
  const solved = await engine
    .run({ run: 'uneven', node, store: identity, onProgress: () => undefined, signal: new AbortController().signal })
    .finally(() => engine.close());
  ended = {
    request: { run: 'uneven', asked: { kind: 'train', plan }, node, storeUrl, startedAt },
    server: null,
    uiUrl: null,
    solved,
    endedAt: new Date().toISOString(),
  };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  out = '';
  said.length = 0;
});

const end = async (json: boolean): Promise<number> =>
  printCollected(
    await collectRun({ data: folder }, ended, join(folder, 'uneven.onnx')),
    json,
    (line) => void said.push(line),
  );

test('a MIP whose solver runs out of memory leaves the run incomplete: exit code 3, named, no figure of the whole', async () => {
  expect(await end(false)).toBe(exitCode.incomplete);
  expect(said).toEqual([
    expect.stringMatching(
      /^1 of 3 MIPs failed and is left out: pair 0v1 \(HiGHS failed on a model of .* needs more than the 84 MB .*\); the result is incomplete$/,
    ),
  ]);
  expect(out).toMatch(/^objective +\d+\.\d+ of 2 of 3 pairs only; there is no bound of the whole$/m);
  expect(out).toMatch(/^subproblems +3: \d proven optimal, \d feasible with a bound, \d unresolved, 1 failed$/m);
  expect(out).not.toMatch(/gap|proven bound/);
});

test('in --json its bound and gap are null, and what failed is named', async () => {
  expect(await end(true)).toBe(exitCode.incomplete);
  expect(JSON.parse(out)).toMatchObject({
    covers: { parts: 2, of: 3, what: 'pairs' },
    bound: null,
    gap: null,
    subproblems: { total: 3, failed: 1, unfinished: 0 },
    failures: [{ name: 'pair 0v1', why: expect.stringContaining('84 MB') }],
  });
});
