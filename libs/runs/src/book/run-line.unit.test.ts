import { expect, test } from 'vitest';
import { csvOf, tableOf, type RunLine } from './run-line.js';

const line: RunLine = {
  run: 'few-shot-1',
  workflowId: null,
  kind: 'train',
  status: 'completed',
  plan: 'few-shot',
  startedAt: new Date(0).toISOString(),
  endedAt: new Date(5000).toISOString(),
  subproblems: { solved: 45, total: 45 },
  questions: null,
  verdicts: null,
  accuracy: { train: 1, validation: 0.836, test: 0.871 },
  covers: null,
  objective: 1,
  bound: 1,
  gap: 0,
  file: null,
  uiUrl: null,
  waitsFor: null,
};
const cellsOf = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/ {2,}/));

test('validation and test accuracy have columns of their own, and verdicts are named', () => {
  const verification: RunLine = {
    ...line,
    run: 'verify-1',
    kind: 'verify',
    plan: 'verify',
    subproblems: { solved: 5, total: 5 },
    questions: 10,
    gap: null,
    verdicts: { robust: 5, adversarial: 2, misclassified: 3, unresolved: 0 },
    accuracy: { train: null, validation: null, test: null },
  };
  expect(cellsOf(tableOf([line, verification], 60_000))).toEqual([
    ['RUN', 'STATUS', 'PLAN', 'DONE', 'GAP', 'VALIDATION', 'TEST', 'TIME', 'STARTED'],
    ['few-shot-1', 'completed', 'few-shot', '45/45 MIPs', '0.0%', '83.6%', '87.1%', '5 s', '1 min 0 s ago'],
    ['verify-1', 'completed', 'verify', '5 robust, 2 adversarial, 3 misclassified of 10', '5 s', '1 min 0 s ago'],
  ]);
});

test('a narrow terminal gets fewer columns, and no row is wider than it', () => {
  const table = tableOf([line], 60_000, 70);
  expect(cellsOf(table)[0]).toEqual(['RUN', 'STATUS', 'DONE', 'GAP', 'VALIDATION', 'TEST', 'TIME']);
  expect(Math.max(...table.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(70);
});

test('CSV has every figure in full, and no cell that a spreadsheet would run', () => {
  const verdicts = { robust: 5, adversarial: 2, misclassified: 3, unresolved: 0 };
  const [header, first, second] = csvOf([line, { ...line, plan: '=1+1', verdicts }], 60_000).split('\n');
  const cells = (row: string): Record<string, string> =>
    Object.fromEntries(header.split(',').map((name, at) => [name, row.split(',')[at]]));
  expect(cells(first)).toMatchObject({ run: 'few-shot-1', seconds: '5', validation: '0.836', robust: '', gap: '0' });
  expect(cells(second)).toMatchObject({ plan: "'=1+1", robust: '5', misclassified: '3' });
});

test('a name cannot forge a line or reach the terminal as an escape sequence', () => {
  const table = tableOf([{ ...line, plan: 'a\n\u001b[31mFAKE completed 100%\u001b]0;pwned\u0007' }], 0);
  expect(table.trimEnd().split('\n')).toHaveLength(2);
  expect(table).toContain('a FAKE completed 100%');
  expect(table).not.toMatch(/\u001b|pwned/u);
});
