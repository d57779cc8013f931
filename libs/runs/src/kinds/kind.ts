// Tested by kinds.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { VerdictCounts } from '@mipnet/recursion';
import type { z } from 'zod';
import type { Asked, EndedRun, RunRequest } from '../records/run-request.js';

/** What a kind makes of the result of a run. */
export interface Collected {
  /** What --json prints: part of the command's contract. */
  readonly document: object;
  /** The same for a person to read. */
  readonly text: string;
  /** What the run's record keeps of it; left out: nothing. */
  readonly report?: object;
  /** What a person must know besides, one line each. */
  readonly warnings: readonly string[];
  /** Something is missing that a person may not take for done. */
  readonly incomplete: boolean;
}

/** Where the result goes. */
export interface CollectPlace {
  /** mipnet's own folder. */
  readonly data: string;
  /** Where it was asked for. */
  readonly out?: string;
  /** What an earlier collection left in the record. */
  readonly earlier?: object;
}

/** How far a run is. */
export interface Reached {
  readonly subproblems: { readonly solved: number; readonly total: number } | null;
  readonly questions: number | null;
  readonly verdicts: VerdictCounts | null;
}

/** What lists show of a result. */
export interface Figures {
  /** Accuracy on the test rows. */
  readonly test: number | null;
  readonly file: string | null;
}

/** What to say of a run whose request this version cannot read, after the run's name. */
export interface WithoutRequest {
  readonly refusal: string;
  /** For one that has ended, if there is something to do about it. */
  readonly ended?: string;
}

/** All that differs between a training and a verification when they are started, watched, listed and ended. */
export interface RunKind<Of extends Asked = Asked> {
  /** Of `asked`, of the root node and of its workflow. */
  readonly name: Of['kind'];
  /** In a sentence: `training`. */
  readonly title: string;
  /** What was asked, as others may send it. */
  readonly asked: z.ZodType<Of>;
  /** The same in a record of this machine, with what only this machine knows. */
  readonly askedHere: z.ZodType<Of>;
  /** Of the report in a record, as far as others rely on it. */
  readonly report: z.ZodType<object>;
  /** Said when the first interrupt asks for what there is. */
  readonly stopping: string;
  readonly withoutRequest: WithoutRequest;
  /** Why there is nothing to write with --out, after `the run is a verification`; left out: there is. */
  readonly withoutFile?: string;
  /** The plan's name, or what stands for it. */
  planOf(request: Pick<RunRequest<Of>, 'asked' | 'node'>): string;
  /** What a stop leaves and how to get it, after the run's name. */
  keptByStop(run: string, request: RunRequest<Of> | undefined): string;
  /** How to see the result of one that has ended. @param left whether there is any */
  seeResult(run: string, left: boolean): string;
  doneText(reached: Reached): string;
  figuresOf(report: object | undefined): Figures;
  /** @throws RunError 'failed' for a run that left nothing */
  collect(ended: EndedRun<Of>, store: ObjectStore, place: CollectPlace): Promise<Collected>;
  /** A page in HTML. */
  page(ended: EndedRun<Of>, store: ObjectStore, report: object | undefined): Promise<string>;
}
