import { expect, it } from 'vitest';
import { runPriority } from './run-priority.js';

it('takes turns by run, and goes first or last only when told', () => {
  expect(runPriority('quickstart-1')).toEqual({ fairnessKey: 'quickstart-1' });
  expect(runPriority('quickstart-1', 1)).toEqual({ fairnessKey: 'quickstart-1', priorityKey: 1 });
});

it.each(['a', 'é', '网'])('keeps the end of a long id of %s, where runs differ, in 64 bytes', (letter) => {
  const { fairnessKey } = runPriority(`${letter.repeat(100)}-1f`);
  expect(new TextEncoder().encode(fairnessKey).length).toBeLessThanOrEqual(64);
  expect(fairnessKey).toMatch(new RegExp(`^${letter}+-1f$`));
});
