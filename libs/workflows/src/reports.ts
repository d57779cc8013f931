// Tested by node-run.int.test.ts.
import {
  getExternalWorkflowHandle,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProgressEvent } from '@mipnet/recursion';
import { currentDetails } from './current-details.js';
import { childProgressSignal, type NodeInput, type Progress } from './messages.js';
import { searchAttributesOf, type RunStatusName } from './search-attributes.js';
import { tell } from './tell.js';

/** Reports and search attributes cost history events: about this many per round. */
const reportsPerRound = 10;

/** And at most one in so many seconds. */
const usualSeconds = 10;

export interface ReportSettings {
  readonly input: NodeInput;
  /** Reports are at least `input.reportSeconds` apart; false for a run that an older version began. */
  readonly calm: boolean;
  progress(): Progress;
}

/** Where a node reports its progress: its page in Temporal's UI, its search attributes, its parent. */
export class Reports {
  readonly #settings: ReportSettings;
  #left: number;
  #parts = 0;
  #ended = 0;
  #sentAt: number;
  /** A report is due when its time has come. */
  #waits = false;
  #isOver = false;

  constructor(settings: ReportSettings) {
    this.#settings = settings;
    this.#left = settings.input.reportBudget ?? 0;
    // A child that ends before its first report is due needs none.
    this.#sentAt = settings.input.reportSeconds === undefined ? -Infinity : Date.now();
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

  /** Reports now, or as soon as the last report is old enough. */
  send(): void {
    if (this.#isOver || this.#waits || this.#nobodyReads()) return;
    const { calm, input } = this.#settings;
    const wait = calm ? this.#sentAt + (input.reportSeconds ?? usualSeconds) * 1000 - Date.now() : 0;
    if (wait <= 0) return this.#send();
    this.#waits = true;
    sleep(wait, { summary: 'until the next progress report' }).then(
      () => {
        this.#waits = false;
        if (!this.#isOver) this.#send();
      },
      () => void (this.#waits = false),
    );
  }

  /** What was asked for by a person is in the list at once. */
  asked(): void {
    if (this.#settings.calm) this.#list();
  }

  /** The last report: the parent gets the result itself. */
  end(status: RunStatusName): void {
    this.#isOver = true;
    this.show(this.#settings.progress());
    if (this.#settings.calm) this.#list(status);
  }

  /** A timer for nobody would cost events. A run that an older version began keeps its commands. */
  #nobodyReads(): boolean {
    const { calm, input } = this.#settings;
    return calm && !input.searchAttributes && (workflowInfo().parent === undefined || this.#left === 0);
  }

  #list(status?: RunStatusName): void {
    const { searchAttributes, about } = this.#settings.input;
    if (searchAttributes) upsertSearchAttributes(searchAttributesOf(this.#settings.progress(), about, status));
  }

  #send(): void {
    this.#sentAt = Date.now();
    this.#list();
    const { parent } = workflowInfo();
    if (!parent || this.#left === 0) return;
    this.#left--;
    const { name, total, inFlight, counts, seconds, trouble, roundName, underWay } = this.#settings.progress();
    const report = { name, total, inFlight, counts, seconds, trouble, roundName, underWay };
    tell(getExternalWorkflowHandle(parent.workflowId), childProgressSignal, report);
  }
}
