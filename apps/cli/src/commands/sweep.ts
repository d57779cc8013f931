// Tested by ../e2e/sweep.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import {
  beginRun,
  checkDetach,
  collectRun,
  driveRun,
  leaveRun,
  refuseStore,
  storeOfRun,
  type BeginOptions,
} from '@mipnet/runs';
import { resolve } from 'node:path';
import { withSolver, withSource } from '../plan/read-plan.js';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import { prepareSweep } from '../sweep/prepare-sweep.js';
import { readSweep, type SweepChoice } from '../sweep/read-sweep.js';
import { printCollected } from '../terminal/print-collected.js';
import { printLeft } from '../terminal/print-left.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface SweepCommandOptions extends SweepChoice, BeginOptions {
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly detach?: boolean;
}

/** `mipnet sweep`: one plan with many settings as one run. Faults of every setting are found before it starts. */
export async function sweep(given: SweepCommandOptions): Promise<number> {
  const startedAt = new Date().toISOString();
  const options = withSolver(withSource(given));
  const { json, detach } = options;
  const watcher = watchFromTerminal();
  const { say } = watcher;
  try {
    const read = await readSweep(options, { say, stopped: () => watcher.signal.aborted });
    const out = options.out === undefined ? undefined : await checkOut(options.out);
    if (detach) await checkDetach(options.engine);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const folder = options.data === undefined ? undefined : resolve(options.data);
    const { node, asked, divisions, about } = await prepareSweep(read, store, { ...options, folder, say }).catch(
      refuseStore,
    );
    if (out !== undefined && divisions !== 1)
      throw new CliError(
        'bad-input',
        divisions === 0
          ? '--out: the sweep has final: none, so there is no last round that trains a network'
          : `--out takes one network, and this sweep chooses one in each of ${divisions} divisions of the data; leave ` +
              '--out out: the networks are listed with their files',
      );
    say(`sweeping ${node.name}: ${about}`);
    const hand = await beginRun({ asked, node, store, storeUrl, startedAt, out }, options, watcher);
    if (detach) return printLeft(await leaveRun(hand), json, out);
    return await driveRun(hand, async (ended) => printCollected(await collectRun(hand.paths, ended, out), json, say));
  } finally {
    watcher.close();
  }
}
