import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SolverError } from '@mipnet/solver';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileLog } from './file-log.js';
import { groupsOf } from './instances.js';
import { parseStudy } from './plan/parse-study.js';
import { runStudy, type StudyRun } from './run-study.js';
import { randomNetwork } from './testing/small-study.js';
import { row } from './testing/rows.js';

const plan = parseStudy(
  `
images: [0, 1]
networks: [{name: a, file: a.onnx}]
queries: [{ask: targeted}]
formulations: [big-m, extended, partition(2)]
bounds: [interval, crown]
`,
  'test',
);
const images = [0, 1].map((image) => ({ image, label: 0, values: Float64Array.of(0, 0.5, image) }));
const groups = (text = plan) => groupsOf(text, [{ name: 'a', network: randomNetwork([3, 2, 2], 1) }], images);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mipnet-study-'));
  file = join(folder, 'deep', 'measured.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

type Measure = StudyRun['slots']['measure'];
const { network: _n, query: _q, image: _i, bounds: _b, formulation: _f, ...measurement } = row();
const measureAll: Measure = async ({ formulations }, onMeasured) =>
  formulations.forEach((formulation) => onMeasured({ formulation, measurement }));

function counting(measure: Measure = measureAll): { readonly slots: StudyRun['slots']; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    slots: {
      measure: (task, onMeasured, signal) =>
        measure(
          task,
          (post) => {
            asked.push(`${task.question.image} ${task.bounds} ${post.formulation}`);
            onMeasured(post);
          },
          signal,
        ),
    },
  };
}

test('every instance is measured once, and not again by a second run', async () => {
  const first = counting();
  const rows = await runStudy({
    groups: groups(),
    slots: first.slots,
    log: openFileLog(file),
    signal: new AbortController().signal,
  });
  expect(rows).toHaveLength(12);
  expect(new Set(first.asked).size).toBe(12);
  expect(rows[0]).toMatchObject({
    network: 'a',
    query: 'targeted l1',
    image: 0,
    bounds: 'interval',
    formulation: 'big-m',
  });
  const second = counting();
  expect(
    await runStudy({
      groups: groups(),
      slots: second.slots,
      log: openFileLog(file),
      signal: new AbortController().signal,
    }),
  ).toEqual(rows);
  expect(second.asked).toEqual([]);
  const longer = { ...plan, limits: { ...plan.limits, time: 99 } };
  await runStudy({
    groups: groups(longer),
    slots: second.slots,
    log: openFileLog(file),
    signal: new AbortController().signal,
  });
  expect(second.asked).toHaveLength(12);
});

test('a run that was cut in the middle of a line goes on behind the last whole one', async () => {
  const stop = new AbortController();
  const cut = counting(async ({ formulations }, onMeasured) => {
    onMeasured({ formulation: formulations[0], measurement });
    stop.abort();
  });
  const rows = await runStudy({ groups: groups(), slots: cut.slots, log: openFileLog(file), signal: stop.signal });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThan(12);
  appendFileSync(file, '{"key":"half a li');
  const rest = counting();
  expect(
    await runStudy({
      groups: groups(),
      slots: rest.slots,
      log: openFileLog(file),
      signal: new AbortController().signal,
    }),
  ).toHaveLength(12);
  expect(rest.asked).toHaveLength(12 - rows.length);
  expect(openFileLog(file).count).toBe(12);
});

test('a thread that dies costs the instance under way, which the next run tries again', async () => {
  let crashes = 0;
  const fragile = counting(async ({ formulations }, onMeasured) => {
    for (const formulation of formulations) {
      if (formulation === 'extended') throw new SolverError('crash', 'a solver thread died');
      onMeasured({ formulation, measurement });
    }
  });
  const rows = await runStudy({
    groups: groups(),
    slots: fragile.slots,
    log: openFileLog(file),
    onCrash: () => crashes++,
    signal: new AbortController().signal,
  });
  expect(rows.map(({ status, formulation }) => `${formulation} ${status}`).slice(0, 3)).toEqual([
    'big-m feasible',
    'extended failed',
    'partition(2) feasible',
  ]);
  expect(crashes).toBe(4);
  expect(openFileLog(file).count).toBe(8);
});

test('any other error is one of the study', async () => {
  const wrong: Measure = async () => Promise.reject(new RangeError('wrong'));
  await expect(
    runStudy({
      groups: groups(),
      slots: { measure: wrong },
      log: openFileLog(file),
      signal: new AbortController().signal,
    }),
  ).rejects.toThrow('wrong');
});
