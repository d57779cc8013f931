import {
  addCounts,
  addVerdicts,
  countLeaves,
  longestUnderWay,
  noLeaves,
  noVerdicts,
  relativeGap,
  type Accuracy,
  type Covers,
  type LeafCounts,
  type LeafUnderWay,
  type NamedRound,
  type ProblemNode,
  type ProgressEvent,
  type Solved,
  type VerdictCounts,
} from '@mipnet/recursion';
import type { ChildReport, Phase, Progress } from './messages.js';
import { remainingTime } from './remaining-time.js';

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
/** Without those that were taken from earlier runs. */
const solvedHere = (counts: LeafCounts): number => countLeaves(counts) - (counts.reused ?? 0);

/** A part of the present round that has not ended: a leaf, or a child with leaves of its own. */
interface OpenPart {
  readonly name: string;
  /** As people see it. */
  readonly title: string;
  readonly leaf: boolean;
  report?: ChildReport;
  /** Of a leaf: what it said last, and what it said last of the plan's first objective. */
  news?: LeafUnderWay;
  first?: LeafUnderWay;
}

/** Since when, and from how many ended leaves, the speed is measured: a round's beginning or a resume. */
interface Measure {
  readonly since: number;
  readonly ended: number;
  /** Of the leaves that ended here since then: seconds. */
  readonly times: number[];
}

/**
 * Keeps a node's progress, fed by the recursion's events and by its children's reports. Pure: the time is always an
 * argument, in milliseconds since 1970.
 */
export class NodeProgress {
  #phase: Phase = 'dividing';
  #round = 0;
  #roundName: NamedRound | undefined;
  /** Leaves that had ended when the round began. */
  #endedBefore: number | undefined;
  /** Of the first division of a node that has one part, which is a leaf: its values are those of the node. */
  #isSole = false;
  /** By index in the order of division. */
  #open = new Map<number, OpenPart>();
  /** Of this round: the leaves of each child that has ended. */
  #endedChildren: number[] = [];
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
  #measure: Measure;

  constructor(
    private readonly run: string,
    private readonly node: ProblemNode,
    now: number,
    from?: Progress,
  ) {
    this.#startedAt = from?.startedAt ?? now;
    if (from) {
      this.#round = from.round;
      if (from.roundLeaves) this.#endedBefore = from.solved - from.roundLeaves.solved;
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
    this.#measure = { since: now, ended: solvedHere(this.#ended), times: [] };
  }

  apply(event: ProgressEvent, now: number): void {
    switch (event.kind) {
      case 'divided':
        this.#phase = 'solving';
        this.#round = event.round;
        this.#open = new Map(
          event.parts.map(({ name, title, splits }, index) => [
            index,
            { name, title: title ?? name, leaf: splits.length === 0 },
          ]),
        );
        this.#endedChildren = [];
        this.#roundName = event.parts[0]?.roundName;
        this.#endedBefore = countLeaves(this.#ended);
        this.#isSole = event.round === 0 && event.parts.length === 1 && event.parts[0].splits.length === 0;
        this.#restartMeasure(now);
        break;
      case 'part':
        if (this.#open.get(event.index)?.leaf && !event.solved.leaves.reused)
          this.#measure.times.push(event.solved.seconds.solver);
        if (this.#open.get(event.index)?.leaf === false) this.#endedChildren.push(countLeaves(event.solved.leaves));
        if (solvedHere(event.solved.leaves) > 0) this.#firstEnded(event.solved.seconds.solver, now);
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

  leavesBegan(leaves: number): void {
    this.#leavesInFlight += leaves;
  }

  leavesEnded(leaves: number): void {
    this.#leavesInFlight -= leaves;
  }

  /** What a leaf does. One that has ended says nothing more. */
  leafReported(news: LeafUnderWay): void {
    for (const part of this.#open.values()) {
      if (!part.leaf || part.title !== news.name) continue;
      part.news = news;
      if (!news.stage) part.first = news;
    }
  }

  /** A report that arrives after its child's result is outdated and ignored. */
  childReported(report: ChildReport, now: number): void {
    if (solvedHere(report.counts) > 0) this.#firstEnded(report.seconds.solver, now);
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
    const underWay = this.#underWay();
    const sole = this.#isSole && this.#objective === null ? this.#open.get(0)?.first : undefined;
    const objective = sole?.objective ?? this.#objective;
    const bound = sole?.bound ?? this.#bound;
    const roundName = this.#roundNameNow();
    const eta = this.#eta(outstanding, now);
    return {
      run: this.run,
      name: this.node.name,
      split: this.node.splits[0] ?? null,
      phase: this.#phase,
      round: this.#round,
      ...(roundName && this.#phase !== 'done' ? { roundName } : {}),
      ...(this.#endedBefore === undefined
        ? {}
        : { roundLeaves: { solved: solved - this.#endedBefore, total: solved - this.#endedBefore + outstanding } }),
      solved,
      total: this.#totalNow(),
      inFlight: this.#leavesInFlight + sum(reports.map((report) => report.inFlight)),
      outstanding,
      ...(underWay.length > 0 ? { underWay } : {}),
      objective,
      ...(this.#covers ? { covers: this.#covers } : {}),
      bound,
      gap: relativeGap(objective, bound),
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
      etaSeconds: eta ? Math.round(Math.sqrt(Math.max(1, eta.least) * eta.most)) : null,
      ...(eta ? { eta } : {}),
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

  /** Remaining leaves. A child that has not reported yet counts as large as the mean of those that have, or ended. */
  #outstanding(): number {
    const reports = this.#reports();
    const totals = [...this.#endedChildren, ...reports.map((report) => report.total)];
    const meanTotal = totals.length === 0 ? 1 : sum(totals) / totals.length;
    const perPart = [...this.#open.values()].map(({ leaf, report }) => {
      if (leaf) return 1;
      return report ? report.total - countLeaves(report.counts) : meanTotal;
    });
    return Math.round(sum(perPart));
  }

  #underWay(): LeafUnderWay[] {
    const own = [...this.#open.values()].flatMap(({ news }) => news ?? []);
    return longestUnderWay([...own, ...this.#reports().flatMap(({ underWay = [] }) => underWay)]);
  }

  /** With the round of the only part, if that is divided itself: `layer 2 of 2: dense 10, round 3 of 10`. */
  #roundNameNow(): NamedRound | undefined {
    const [only, ...others] = this.#open.values();
    const inside = others.length === 0 ? only?.report?.roundName : undefined;
    if (!this.#roundName) return inside;
    return inside ? { ...this.#roundName, name: `${this.#roundName.name}, ${inside.name}` } : this.#roundName;
  }

  #eta(outstanding: number, now: number): Progress['eta'] {
    if (this.#paused || this.#stopped) return undefined;
    const { since, ended, times } = this.#measure;
    const mean = times.length === 0 ? 0 : sum(times) / times.length;
    const variance = times.length < 2 ? 0 : sum(times.map((time) => (time - mean) ** 2)) / (times.length - 1);
    const running = [...this.#open.values()].filter(({ leaf }) => leaf).length;
    const busy = Math.ceil(sum(times) / Math.max(1e-9, (now - since) / 1000));
    return remainingTime({
      elapsed: (now - since) / 1000,
      ended: solvedHere(this.#countsNow()) - ended,
      // Leaves in the queue are in flight, too; slots are busy for as long as their leaves took.
      running: Math.min(this.#leavesInFlight, running, Math.max(1, busy)),
      outstanding,
      ...(mean > 0 && times.length >= 4 ? { spread: Math.sqrt(variance) / mean } : {}),
      ...(times.length > 0 ? { longest: Math.max(...times) } : {}),
    });
  }

  /** Before the first leaf there may have been no free slot: the speed is measured from where that leaf began. */
  #firstEnded(seconds: number, now: number): void {
    if (solvedHere(this.#countsNow()) > this.#measure.ended) return;
    this.#measure = { ...this.#measure, since: Math.max(this.#measure.since, now - 1000 * seconds) };
  }

  #restartMeasure(now: number): void {
    this.#measure = { since: now, ended: solvedHere(this.#countsNow()), times: [] };
  }

  #take(solved: Solved): void {
    this.#objective = solved.objective;
    this.#bound = solved.bound;
    this.#accuracy = solved.accuracy;
    this.#covers = solved.covers;
    this.#verdicts = solved.verdicts ?? null;
  }
}
