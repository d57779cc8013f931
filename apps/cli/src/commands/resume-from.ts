// Tested by ../e2e/runs.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import { coversText } from '@mipnet/recursion';
import {
  beginRun,
  checkDetach,
  collectRun,
  driveRun,
  findEnded,
  leaveRun,
  storeOfRun,
  type BeginOptions,
} from '@mipnet/runs';
import { originOfChanged, trainAskedOf } from '@mipnet/runs/records';
import {
  budgetOf,
  getProblem,
  parsePlan,
  planText,
  prepareFrom,
  outlineTree,
  unlimitedWarning,
} from '@mipnet/training';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { printCollected } from '../terminal/print-collected.js';
import { printLeft } from '../terminal/print-left.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface ResumeFromOptions extends BeginOptions {
  readonly set: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly detach?: boolean;
}

/** What may change between a run and one that goes on from it: what it may spend, not what it is about. */
const mayChange =
  /^(solver\.(workLimit|timeLimit|gap|searchLimit|stopAtError|reuse|backend)|budget(\.\w+)?|splits\.\d+\..+)=/;

/** `mipnet resume --from RUN`: a new run of the same problem, which begins with the network of one that has ended. */
export async function resumeFrom(name: string, options: ResumeFromOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const { set, json, detach } = options;
  const refused = set.find((setting) => !mayChange.test(setting));
  if (refused !== undefined)
    throw new CliError(
      'bad-input',
      `--set ${refused}: a run that continues another keeps its problem; limits (solver.workLimit and so ` +
        'on), budget and options of splits may change',
    );
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  if (detach) await checkDetach(options.engine);
  const watcher = watchFromTerminal();
  const { say } = watcher;
  try {
    const { request: earlier, solved } = await findEnded(name, say);
    const earlierAsked = trainAskedOf(earlier);
    const plan = parsePlan(planText(earlierAsked.plan), `the plan of ${earlier.run}`, set);
    const storeUrl = await storeOfRun(options.engine, earlier.storeUrl);
    const store = await openAnyStore(storeUrl);
    const earlierProblem = await getProblem(store, earlier.node.problem);
    const { node, problem } = await prepareFrom(plan, earlierProblem, solved, store);
    refuseTooLarge(await outlineTree(store, problem));
    const warning = unlimitedWarning(plan);
    if (warning !== undefined) say(warning);
    const covered = solved.covers ? ` of ${coversText(solved.covers)}` : '';
    say(`continuing from ${earlier.run} (objective ${solved.objective?.toFixed(3)}${covered})`);
    const asked = { ...earlierAsked, plan, origin: originOfChanged(plan, earlierAsked.origin) };
    const prepared = { asked, node, store, storeUrl, startedAt, out, budget: budgetOf(plan) };
    const hand = await beginRun(prepared, options, watcher);
    if (detach) return printLeft(await leaveRun(hand), json, out);
    return await driveRun(hand, async (ended) => printCollected(await collectRun(hand.paths, ended, out), json, say));
  } finally {
    watcher.close();
  }
}
