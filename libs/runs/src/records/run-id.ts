import { randomBytes } from 'node:crypto';

/** Unique, and in order of time within a second: the plan's name, the time in UTC, four hexadecimal digits. */
export function newRunId(plan: string): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .replace('T', '-');
  return `${plan}-${time}-${randomBytes(2).toString('hex')}`;
}

/** Whether a text may be a run's id. Ids become file names, and ids of a cluster come from other people. */
export const isRunId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(text);
