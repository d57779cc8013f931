import { openAnyStore } from '@mipnet/activities';
import { coversText } from '@mipnet/recursion';
import { getProblem, parsePlan, planText, prepareFrom, survey, unlimitedWarning, type Plan } from '@mipnet/training';
import { CliError } from '../cli-error.js';
import { storeOfRun } from '../engine/store-of-run.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { RunBook, type KnownRun } from '../runs/run-book.js';
import { originOfChanged } from '../runs/network-origin.js';
import { trainAskedOf } from '../runs/run-record.js';
import { checkDetach, startRun, type StartOptions } from '../runs/start-run.js';
import { progressDisplay } from '../terminal/progress-display.js';
import { refuseTooLarge } from './plan.js';
import { requestOf } from './watch.js';
import { checkOut } from './write-network.js';
import { mipnetCommand } from '@mipnet/text';

export interface ResumeFromOptions extends StartOptions {
  readonly set: readonly string[];
  readonly out?: string;
}

/** What may change between a run and one that goes on from it: what it may spend, not what it is about. */
const mayChange = /^(solver\.(workLimit|timeLimit|gap|searchLimit|stopAtError|reuse)|budget(\.\w+)?|splits\.\d+\..+)=/;

/** `mipnet resume --from RUN`: a new run of the same problem, which begins with the network of one that has ended. */
export async function resumeFrom(name: string, options: ResumeFromOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const refused = options.set.find((setting) => !mayChange.test(setting));
  if (refused !== undefined)
    throw new CliError(
      'bad-input',
      `--set ${refused}: a run that goes on from another keeps its problem; limits (solver.workLimit and so on), budget and options of splits may change`,
    );
  const out = options.out === undefined ? undefined : await checkOut(options.out);
  if (options.detach) await checkDetach(options.engine);
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say);
  try {
    const known = await findEnded(name, display.say);
    const { node: earlier } = requestOf(known);
    const solved = known.end!.solved!;
    const earlierAsked = trainAskedOf(requestOf(known));
    const plan = changedPlan(earlierAsked.plan, known.run, options.set);
    const storeUrl = await storeOfRun(options.engine, requestOf(known).storeUrl);
    const store = await openAnyStore(storeUrl);
    const { node, problem } = await prepareFrom(plan, await getProblem(store, earlier.problem), solved, store);
    refuseTooLarge(await survey(store, problem));
    const warning = unlimitedWarning(plan);
    if (warning !== undefined) display.say(warning);
    const covered = solved.covers ? ` of ${coversText(solved.covers)}` : '';
    display.say(`continuing from ${known.run} (objective ${solved.objective?.toFixed(3)}${covered})`);
    return await startRun(
      {
        asked: { ...earlierAsked, plan, origin: originOfChanged(plan, earlierAsked.origin) },
        node,
        store,
        storeUrl,
        startedAt,
        out,
      },
      options,
      display,
      interrupt,
    );
  } finally {
    display.end();
    interrupt.end();
  }
}

async function findEnded(name: string, say: (line: string) => void): Promise<KnownRun> {
  const book = new RunBook(mipnetPaths(), say);
  try {
    const known = await book.find(name);
    if (!known.end)
      throw new CliError(
        'bad-input',
        `${known.run} has not ended (${known.status}); "${mipnetCommand('resume', known.run)}" continues the run itself, "${mipnetCommand('stop', known.run)}" ends it first`,
      );
    if (!known.end.solved?.incumbent)
      throw new CliError('bad-input', `${known.run} left no network to go on from (${known.status})`);
    return known;
  } finally {
    await book.close();
  }
}

const changedPlan = (plan: Plan, run: string, set: readonly string[]): Plan =>
  parsePlan(planText(plan), `the plan of ${run}`, set);
