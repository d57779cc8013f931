import { Context, log } from '@temporalio/activity';
import type { LeafUnderWay } from '@mipnet/recursion';
import { leafProgressSignal } from '@mipnet/workflows';

/** A leaf that ends before is never reported, seconds. */
const firstAfter = 10;
/** The longest time between two reports, seconds. */
const mostBetween = 300;

/**
 * Decides when a long leaf tells its workflow how far it is, so that the page of a run shows it. Each report costs
 * events of the history: the first comes after 10 s, the next ones each after twice as long, and no more than the
 * workflow allows.
 */
export class LongLeafReports {
  #told = 0;
  #next = firstAfter;

  constructor(
    private readonly most: number,
    private readonly tell: (news: LeafUnderWay) => void,
  ) {}

  /** @param now milliseconds since 1970 */
  offer(latest: LeafUnderWay, now: number): void {
    const seconds = (now - latest.startedAt) / 1000;
    if (this.#told >= this.most || seconds < this.#next) return;
    this.#told++;
    this.#next = seconds + Math.min(Math.max(firstAfter, seconds), mostBetween);
    const { name, step, stage, objective, bound, nodes, work, startedAt } = latest;
    this.tell({ name, step, stage, objective, bound, nodes, work, startedAt });
  }
}

/** Sends the news of a leaf to its workflow. It is only for people who watch: if it cannot be sent, nothing is lost. */
export function tellWorkflow(news: LeafUnderWay): void {
  const { info } = Context.current();
  const send = async (): Promise<void> => {
    const { workflowId, runId } = info.workflowExecution!;
    await Context.current().client.workflow.getHandle(workflowId, runId).signal(leafProgressSignal, news);
  };
  send().catch((error: unknown) => log.debug('progress not delivered', { error: String(error) }));
}
