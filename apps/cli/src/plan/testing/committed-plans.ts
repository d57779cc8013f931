import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** Files in git that match a pattern, as paths from the root. */
export const committed = (pattern: string): string[] =>
  execFileSync('git', ['ls-files', '--', pattern], { cwd: root, encoding: 'utf8' }).trim().split('\n');

export const trainPlans = committed(':(glob)plans/*.yaml');
export const studies = committed(':(glob)plans/compare/*.yaml');

export const silent = (): void => undefined;
