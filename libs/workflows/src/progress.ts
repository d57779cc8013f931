import {
  addCounts,
  addVerdicts,
  countLeaves,
  noLeaves,
  noVerdicts,
  relativeGap,
  type Accuracy,
  type Covers,
  type LeafCounts,
  type ProblemNode,
  type ProgressEvent,
  type Solved,
  type VerdictCounts,
} from '@mipnet/recursion';
import type { ChildReport, Phase, Progress } from './messages.js';

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** A part of the present round that has not ended: a leaf, or a child with leaves of its own. */
interface OpenPart {
  readonly name: string;
  readonly leaf: boolean;
  report?: ChildReport;
}

/**
 * Keeps a node's progress, fed by the recursion's events and by its children's reports. Pure: the time is always an
 * argument, in milliseconds since 1970.
 */
export class NodeProgress {
  #phase: Phase = 'dividing';
  #round = 0;
  /** By index in the order of division. */
  #open = new Map<number, OpenPart>();
  #leavesInFlight = 0;
  #ended: LeafCounts = noLeaves;
  #solverSeconds = 0;
  #mergeSeconds = 0;
  #objective: number | null = null;
  #bound: number | null = null;
  #accuracy: Accuracy = { train: null, validation: null };
  #verdicts: VerdictCounts | null = null;
  #covers: Covers | undefined;
  #trouble: string | undefined;
  #stopped = false;
  /** Leaves known when the stop came: those that it ends early are still part of the run. */
  #totalAtStop = 0;
  #paused = false;
  readonly #startedAt: number;
  /** Since when, and from how many ended leaves, the speed is measured: a round's beginning or a resume. */
  #measure: { since: number; ended: number };

  constructor(
    private readonly run: string,
    private readonly node: ProblemNode,
    now: number,
    from?: Progress,
  ) {
    this.#startedAt = from?.startedAt ?? now;
    if (from) {
      this.#round = from.round;
      this.#ended = from.counts;
      this.#solverSeconds = from.seconds.solver;
      this.#mergeSeconds = from.seconds.merge;
      this.#objective = from.objective;
      this.#bound = from.bound;
      this.#accuracy = from.accuracy;
      this.#covers = from.covers;
      this.#trouble = from.trouble;
      this.#verdicts = from.verdicts;
      this.#paused = from.paused;
    }
    this.#measure = { since: now, ended: countLeaves(this.#ended) };
  }

  apply(event: ProgressEvent, now: number): void {
    switch (event.kind) {
      case 'divided':
        this.#phase = 'solving';
        this.#round = event.round;
        this.#open = new Map(
          event.parts.map(({ name, splits }, index) => [index, { name, leaf: splits.length === 0 }]),
        );
        this.#restartMeasure(now);
        break;
      case 'part':
        this.#open.delete(event.index);
        this.#ended = addCounts(this.#ended, event.solved.leaves);
        this.#solverSeconds += event.solved.seconds.solver;
        if (event.solved.verdicts) this.#verdicts = addVerdicts(this.#verdicts ?? noVerdicts, event.solved.verdicts);
        if (this.#open.size === 0) this.#phase = 'merging';
        break;
      case 'interim':
        this.#take(event.solved);
        break;
      case 'merged':
        this.#phase = event.again && !this.#stopped ? 'dividing' : 'done';
        this.#open.clear();
        this.#take(event.solved);
        this.#mergeSeconds = event.solved.seconds.merge;
        break;
    }
  }

  leafBegan(): void {
    this.#leavesInFlight++;
  }

  leafEnded(): void {
    this.#leavesInFlight--;
  }

  /** A report that arrives after its child's result is outdated and ignored. */
  childReported(report: ChildReport): void {
    if (report.trouble !== undefined) this.#trouble = report.trouble;
    for (const part of this.#open.values()) if (part.name === report.name && !part.leaf) part.report = report;
  }

  /** Notes what prevents work. @returns whether it is new */
  troubled(message: string): boolean {
    const isNew = message !== this.#trouble;
    this.#trouble = message;
    return isNew;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(now: number): void {
    if (this.#paused) this.#restartMeasure(now);
    this.#paused = false;
  }

  stop(): void {
    if (!this.#stopped) this.#totalAtStop = this.#totalNow();
    this.#stopped = true;
  }

  /**
   * A result whose counts include the leaves that did not end because of a stop, even those of parts that had not
   * begun.
   */
  withUnfinished(solved: Solved): Solved {
    if (!solved.stopped) return solved;
    const unfinished = Math.max(solved.leaves.unfinished ?? 0, this.#totalAtStop - countLeaves(solved.leaves));
    return unfinished === 0 ? solved : { ...solved, leaves: { ...solved.leaves, unfinished } };
  }

  get paused(): boolean {
    return this.#paused;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  snapshot(now: number): Progress {
    const reports = this.#reports();
    const counts = this.#countsNow();
    const solved = countLeaves(counts);
    const outstanding = this.#outstanding();
    return {
      run: this.run,
      name: this.node.name,
      split: this.node.splits[0] ?? null,
      phase: this.#phase,
      round: this.#round,
      solved,
      total: this.#totalNow(),
      inFlight: this.#leavesInFlight + sum(reports.map((report) => report.inFlight)),
      outstanding,
      objective: this.#objective,
      ...(this.#covers ? { covers: this.#covers } : {}),
      bound: this.#bound,
      gap: relativeGap(this.#objective, this.#bound),
      accuracy: this.#accuracy,
      questions: this.node.questions ?? null,
      verdicts: this.#verdicts,
      counts,
      seconds: {
        solver: this.#solverSeconds + sum(reports.map((report) => report.seconds.solver)),
        merge: this.#mergeSeconds,
      },
      stopped: this.#stopped,
      paused: this.#paused,
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
      startedAt: this.#startedAt,
      etaSeconds: this.#eta(solved, outstanding, now),
    };
  }

  /** The children's reports, for parts that have not ended. */
  #reports(): ChildReport[] {
    return [...this.#open.values()].flatMap((part) => part.report ?? []);
  }

  #countsNow(): LeafCounts {
    return this.#reports().reduce((counts, report) => addCounts(counts, report.counts), this.#ended);
  }

  #totalNow(): number {
    const counts = this.#countsNow();
    return Math.max(this.#totalAtStop, countLeaves(counts) + (counts.unfinished ?? 0) + this.#outstanding());
  }

  /** Remaining leaves. A child that has not reported yet counts as large as the mean of those that have. */
  #outstanding(): number {
    const reports = this.#reports();
    const meanTotal = reports.length === 0 ? 1 : sum(reports.map((report) => report.total)) / reports.length;
    const perPart = [...this.#open.values()].map(({ leaf, report }) => {
      if (leaf) return 1;
      return report ? report.total - countLeaves(report.counts) : meanTotal;
    });
    return Math.round(sum(perPart));
  }

  /**
   * Leaves end at the rate of this round so far (Little's law: window / mean leaf seconds), however many slots there
   * are.
   */
  #eta(solved: number, outstanding: number, now: number): number | null {
    const ended = solved - this.#measure.ended;
    if (ended <= 0 || this.#paused || this.#stopped) return null;
    return Math.round((outstanding * (now - this.#measure.since)) / ended / 1000);
  }

  #restartMeasure(now: number): void {
    this.#measure = { since: now, ended: countLeaves(this.#countsNow()) };
  }

  #take(solved: Solved): void {
    this.#objective = solved.objective;
    this.#bound = solved.bound;
    this.#accuracy = solved.accuracy;
    this.#covers = solved.covers;
    this.#verdicts = solved.verdicts ?? null;
  }
}
