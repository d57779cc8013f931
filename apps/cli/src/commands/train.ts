// Tested by ../e2e/train.e2e.test.ts.
import { leaveTraining, trainNetwork, type TrainChoice } from '../api/train-network.js';
import { printCollected } from '../terminal/print-collected.js';
import { printLeft } from '../terminal/print-left.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface TrainOptions extends TrainChoice {
  readonly json?: boolean;
  /** Starts the run on a server that keeps running, and returns at once. */
  readonly detach?: boolean;
}

/** `mipnet train`: from a plan to a network file. */
export async function train({ json, detach, ...choice }: TrainOptions): Promise<number> {
  const watcher = watchFromTerminal();
  try {
    if (detach) {
      const left = await leaveTraining(choice, watcher);
      return printLeft(left, json, left.out);
    }
    return printCollected(await trainNetwork(choice, watcher), json, watcher.say);
  } finally {
    watcher.close();
  }
}
