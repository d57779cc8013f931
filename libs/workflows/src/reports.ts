// Tested by node-run.int.test.ts.
import {
  getExternalWorkflowHandle,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProgressEvent } from '@mipnet/recursion';
import { currentDetails } from './current-details.js';
import { childProgressSignal, type NodeInput, type Progress } from './messages.js';
import { searchAttributesOf } from './search-attributes.js';
import { tell } from './tell.js';

/** Reports and search attributes cost history events: about this many per round. */
const reportsPerRound = 10;

/** Where a node reports its progress: its page in Temporal's UI, its search attributes, its parent. */
export class Reports {
  readonly #searchAttributes: boolean;
  #left: number;
  #parts = 0;
  #ended = 0;

  constructor({ searchAttributes = false, reportBudget = 0 }: NodeInput) {
    this.#searchAttributes = searchAttributes;
    this.#left = reportBudget;
  }

  /** Of the present round. */
  get parts(): number {
    return this.#parts;
  }

  /** How many its parent still takes. */
  get left(): number {
    return this.#left;
  }

  show(progress: Progress): void {
    setCurrentDetails(currentDetails(progress));
  }

  /** Whether an event is worth a report: a fixed fraction of the parts of a round is. */
  isMilestone(event: ProgressEvent): boolean {
    if (event.kind === 'divided') {
      this.#parts = event.parts.length;
      this.#ended = 0;
    }
    return event.kind !== 'part' || ++this.#ended % Math.ceil(this.#parts / reportsPerRound) === 0;
  }

  send(progress: Progress): void {
    if (this.#searchAttributes) upsertSearchAttributes(searchAttributesOf(progress));
    const { parent } = workflowInfo();
    if (!parent || this.#left === 0) return;
    this.#left--;
    const { name, total, inFlight, counts, seconds, trouble } = progress;
    const report = { name, total, inFlight, counts, seconds, trouble };
    tell(getExternalWorkflowHandle(parent.workflowId), childProgressSignal, report);
  }
}
