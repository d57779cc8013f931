// Tested by ../../../../apps/cli/src/e2e/report.e2e.test.ts.
import { setTimeout } from 'node:timers/promises';
import type { LivePoint } from '@mipnet/report';
import type { Progress } from '@mipnet/workflows';
import type { KnownRun } from '../book/known-run.js';
import { refuseAbsent } from '../book/refuse-absent.js';
import { processOf, type DataFolder } from '../records/run-folder.js';
import { readRecord } from '../records/run-record.js';
import { endOf, type RunEnd } from '../records/run-request.js';
import { LiveHistory } from './live-history.js';
import { readProgress } from './progress-file.js';

export interface FollowOptions {
  /** Milliseconds between two calls of `onProgress`, at least. */
  readonly every: number;
  readonly onProgress: (progress: Progress, points: readonly LivePoint[]) => Promise<void>;
}

/**
 * Follows a run of any process of this machine or of its server until it ends.
 * @throws RunError 'bad-input' if nothing answers for the run, because its process died or its server is down
 */
export async function followRun(paths: DataFolder, known: KnownRun, options: FollowOptions): Promise<RunEnd> {
  if (known.end) return known.end;
  if (known.server === undefined && known.record?.server === null) return followLocal(paths, known, options);
  const { every, onProgress } = options;
  const server = known.server ?? (await refuseAbsent(paths, known));
  const history = new LiveHistory(Date.parse(known.startedAt));
  let last = -Infinity;
  let showing: Promise<void> = Promise.resolve();
  const solved = await server.watch(known.run, {
    onProgress(progress) {
      const now = Date.now();
      history.add(progress, now);
      if (now - last < every) return;
      last = now;
      showing = showing.then(() => onProgress(progress, history.points));
    },
  });
  await showing;
  return endOf(solved, new Date().toISOString());
}

/** The process of the run writes its progress and its end into the run's folder. */
async function followLocal(paths: DataFolder, known: KnownRun, { every, onProgress }: FollowOptions): Promise<RunEnd> {
  for (;;) {
    const { end } = (await readRecord(paths, known.run)) ?? {};
    if (end) return end;
    if ((await processOf(paths, known.run)) === undefined) {
      // It may have ended in this moment.
      const latest = await readRecord(paths, known.run);
      if (latest?.end) return latest.end;
      await refuseAbsent(paths, { ...known, status: 'lost' });
    }
    const noted = await readProgress(paths, known.run);
    if (noted) await onProgress(noted.progress, noted.points);
    await setTimeout(every);
  }
}
