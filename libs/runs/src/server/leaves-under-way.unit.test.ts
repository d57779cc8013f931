import { defaultPayloadConverter } from '@temporalio/common';
import { noLeaves } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { expect, test } from 'vitest';
import { leafOf, withLeaves } from './leaves-under-way.js';

const leaf = { name: 'pair 4v9', step: 'branch and cut', objective: 8, bound: 6, nodes: 3, work: 9, startedAt: 5 };
const heartbeat = (details: unknown) => ({
  heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] },
});

test('a heartbeat says what a leaf does; one of another shape says nothing', () => {
  expect(leafOf(heartbeat({ ...leaf, checkpoint: { key: 'k' } }))).toEqual([leaf]);
  expect(leafOf(heartbeat({ ...leaf, name: '\u001b[31mred' }))).toEqual([{ ...leaf, name: 'red' }]);
  for (const strange of [{ ...leaf, nodes: 'many' }, { objective: 3 }, 'text', null])
    expect(leafOf(heartbeat(strange))).toEqual([]);
  expect(leafOf({ heartbeatDetails: { payloads: [{ metadata: {}, data: Buffer.from('{') }] } })).toEqual([]);
  expect(leafOf({ heartbeatDetails: null })).toEqual([]);
});

const progress: Progress = {
  run: 'r',
  name: 'n',
  split: null,
  phase: 'solving',
  round: 0,
  solved: 0,
  total: 1,
  inFlight: 1,
  outstanding: 1,
  objective: null,
  bound: null,
  gap: null,
  accuracy: { train: null, validation: null },
  questions: null,
  verdicts: null,
  counts: noLeaves,
  seconds: { solver: 0, merge: 0 },
  stopped: false,
  paused: false,
  startedAt: 0,
  etaSeconds: null,
};

test('the values of a run that is one MIP are those of the MIP, of its first objective', () => {
  expect(withLeaves(progress, [leaf])).toMatchObject({ objective: 8, bound: 6, gap: 0.25, underWay: [leaf] });
  expect(withLeaves(progress, [{ ...leaf, stage: 1 }])).toMatchObject({ objective: null, bound: null, gap: null });
  expect(withLeaves({ ...progress, total: 45 }, [leaf])).toMatchObject({ objective: null, underWay: [leaf] });
  expect(withLeaves(progress, [])).toBe(progress);
});
