// Tested by ../e2e/report.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import { certifiedCurves, collectRun, comparedRun, type KnownRun } from '@mipnet/runs';
import type { VerifyAsked } from '@mipnet/runs/records';
import type { mipnetPaths } from '@mipnet/stack/folders';
import { comparePage, type CertifiedPoint, type ComparedRun } from '@mipnet/report';
import { mipnetCommand, mipnetCommandAnywhere } from '@mipnet/text';
import { basename } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { endedRun } from './report-page.js';

/** The page about several runs that have ended. */
export async function comparisonOf(paths: ReturnType<typeof mipnetPaths>, all: readonly KnownRun[]): Promise<string> {
  const ended = all.map((known) => {
    if (!known.end)
      throw new CliError(
        'bad-input',
        `${known.run} has not ended (${known.status}), and a comparison is about results; ` +
          `"${mipnetCommand('report', known.run, '--follow')}" shows it alone`,
      );
    return endedRun(known, known.end);
  });
  const runs: ComparedRun[] = [];
  for (const [at, one] of ended.entries()) {
    // What an earlier command collected is in the record.
    const report = all[at].end!.report ?? (await collectRun(paths, one)).report;
    runs.push(await comparedRun(await openAnyStore(one.request.storeUrl), one, report));
  }
  return comparePage({
    runs,
    certified: await curves(ended),
    command: mipnetCommandAnywhere('report', ...all.map(({ run }) => run)),
  });
}

async function curves(ended: readonly ReturnType<typeof endedRun>[]): Promise<readonly CertifiedPoint[]> {
  const verifications = ended.filter(({ request }) => request.asked.kind === 'verify');
  const points: CertifiedPoint[] = [];
  for (const storeUrl of new Set(verifications.map(({ request }) => request.storeUrl))) {
    const store = await openAnyStore(storeUrl);
    const own = verifications.filter(({ request }) => request.storeUrl === storeUrl);
    const inputs = own.map(({ request, solved }) => ({
      problem: request.node.problem,
      solved,
      series: basename((request.asked as VerifyAsked).network),
    }));
    points.push(...(await certifiedCurves(store, inputs)));
  }
  return points;
}
