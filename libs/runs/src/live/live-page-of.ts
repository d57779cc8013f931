// Tested by ../../../../apps/cli/src/e2e/report.e2e.test.ts.
import { countQuestionsIn, coversText } from '@mipnet/recursion';
import { livePage, type LiveMip, type LivePoint } from '@mipnet/report';
import { mipnetCommandAnywhere } from '@mipnet/text';
import type { Progress } from '@mipnet/workflows';
import type { KnownRun } from '../book/known-run.js';

/** The page of a run that has not ended. @param now milliseconds since 1970 */
export function livePageOf(
  { run, kind, startedAt, waitsFor }: Pick<KnownRun, 'run' | 'kind' | 'startedAt' | 'waitsFor'>,
  progress: Progress,
  points: readonly LivePoint[],
  { now, refreshSeconds }: { readonly now: number; readonly refreshSeconds: number },
): Promise<string> {
  const { verdicts, covers, underWay = [] } = progress;
  return livePage({
    run,
    kind: kind.title,
    status: progress.stopped ? 'stopping' : progress.paused ? 'paused' : 'running',
    startedAt,
    writtenAt: new Date(now).toISOString(),
    stage: stageText(progress),
    seconds: (now - Date.parse(startedAt)) / 1000,
    solved: progress.questions === null ? progress.solved : countQuestionsIn(verdicts ?? noVerdicts),
    total: progress.questions ?? progress.total,
    inFlight: progress.inFlight,
    objective: progress.objective,
    covers: covers ? coversText(covers) : null,
    bound: progress.bound,
    gap: progress.gap,
    ...progress.accuracy,
    verdicts: verdicts && { ...verdicts },
    eta: progress.eta ?? null,
    trouble: progress.trouble ?? waitsFor ?? null,
    points,
    underWay: underWay.map((mip): LiveMip => ({
      ...mip,
      step: mip.step ?? null,
      seconds: Math.max(0, (now - mip.startedAt) / 1000),
    })),
    commands: [
      mipnetCommandAnywhere('watch', run),
      mipnetCommandAnywhere('stop', run),
      mipnetCommandAnywhere('report', run),
    ],
    refreshSeconds,
  });
}

const noVerdicts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };

function stageText({ phase, split, round, roundName, roundLeaves, name }: Progress): string {
  const doing = { dividing: 'dividing', solving: 'solving', merging: 'merging', done: 'collecting the result' }[phase];
  const usual = split === null ? 'one MIP' : `split by ${split}, round ${round + 1}`;
  const done = roundLeaves === undefined ? '' : ` (${roundLeaves.solved} of ${roundLeaves.total} MIPs)`;
  return `${name}: ${roundName?.name ?? usual}, ${doing}${phase === 'solving' ? done : ''}`;
}
