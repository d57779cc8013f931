// Tested by ../e2e/plan.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import { checkSolvers } from '@mipnet/solver';
import { plainJson } from '@mipnet/text';
import { prepareRun, outlineTree, unlimitedWarning } from '@mipnet/training';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkIndices } from '../plan/check-indices.js';
import { kindOfMip, type KindOfMip } from '../plan/kind-of-mip.js';
import { planReport } from '../plan/plan-report.js';
import { summaryOf } from '../plan/plan-summary.js';
import { planForData } from '../plan/plan-for-data.js';
import { readPlan, withSource, type SourceChoice } from '../plan/read-plan.js';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { exitCode } from '../program/exit-code.js';
import { announced } from '../terminal/announced.js';
import { print } from '../terminal/print.js';
import { say } from '../terminal/say.js';
import { verbosity } from '../terminal/verbosity.js';

export interface PlanOptions extends SourceChoice {
  readonly planOut?: string;
  readonly data?: string;
  readonly json?: boolean;
  /** Of one solver slot for an hour, in any currency. */
  readonly price?: number;
  /** Longest time to solve one MIP of each type, to measure; 0 measures nothing. Seconds. */
  readonly sample: number;
}

/** `mipnet plan`: divides a plan as a run would, measures one MIP of each type, and prints what the run will cost. */
export async function plan(given: PlanOptions): Promise<number> {
  const options = withSource(given);
  const read = await readPlan(options);
  const { indices, start } = read;
  const tell = verbosity() === 'quiet' ? (): void => undefined : say;
  const { plan: chosen, dataset } = await announced(tell, read.isOpen ? 'choosing a plan' : 'reading the data', () =>
    planForData(read, options, { say: tell }),
  );
  if (indices !== undefined) checkIndices(indices, dataset, chosen.dataset.indices);
  // A folder, because solver threads read from it; it is removed at the end.
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-plan-'));
  try {
    const store = await openAnyStore(folder);
    // What is measured here has to be here.
    if (options.sample > 0 && chosen.solver.backend !== undefined) await checkSolvers([chosen.solver.backend]);
    const { problem } = await announced(tell, 'storing the data', () =>
      prepareRun(chosen, dataset, store, indices, start),
    );
    const outline = await announced(tell, 'counting the MIPs', () => outlineTree(store, problem));
    refuseTooLarge(outline);
    const warning = unlimitedWarning(chosen);
    if (warning !== undefined) say(warning);
    const kinds: KindOfMip[] = [];
    for (const group of outline.groups) {
      const what = `measuring ${group.path}`;
      tell(what);
      kinds.push(await announced(tell, what, () => kindOfMip(store, group, options.sample)));
    }
    const about = {
      plan: chosen.name,
      dataset: { name: dataset.name, train: problem.view.rows.length },
      warning: warning ?? null,
    };
    const report = planReport(about, outline, kinds, options);
    if (options.json) process.stdout.write(plainJson(report));
    else print(summaryOf(report));
    return exitCode.done;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
