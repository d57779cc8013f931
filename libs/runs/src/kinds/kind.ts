// Tested by kinds.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { VerdictCounts } from '@mipnet/recursion';
import type { z } from 'zod';
import type { Asked, EndedRun, RunEnvironment, RunRequest } from '../records/run-request.js';

/** What a kind makes of the result of a run. */
export interface Collected {
  /** What --json prints: part of the command's contract. */
  readonly document: object;
  /** The same for a person to read. */
  readonly text: string;
  /** The part that the run's record keeps; absent: nothing. */
  readonly report?: object;
  /** Further messages for the user, one line each. */
  readonly warnings: readonly string[];
  /** The result is incomplete; the exit code says so. */
  readonly incomplete: boolean;
}

/** Where the result goes. */
export interface CollectPlace {
  /** mipnet's own folder. */
  readonly data: string;
  /** Where it was asked for. */
  readonly out?: string;
  /** The part of the record that an earlier collection wrote. */
  readonly earlier?: object;
}

/** What a page is made of besides the result. */
export interface PageContext {
  /** What `collect` has made of the result. */
  readonly report: object | undefined;
  readonly environment: RunEnvironment | undefined;
  /** Other runs of this kind that have ended and were recorded here. */
  readonly related?: readonly EndedRun[];
  /** The run's own folder, for files that the page names. */
  readonly folder: string;
  /** Of a page that is written again while the run works: seconds until a browser loads it again. */
  readonly refreshSeconds?: number;
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

/** What the page of a run says about what was asked. */
export interface RunDetails {
  readonly dataset?: string;
  readonly details?: string;
}

/** The message for a run whose request this version cannot read, after the run's name. */
export interface WithoutRequest {
  readonly refusal: string;
  /** The hint for a run that has ended, if there is something to do. */
  readonly ended?: string;
}

/** What a kind's part of a request and of a record must look like. */
export interface KindSchemas<Of extends Asked = Asked> {
  /** What was asked, as others may send it. */
  readonly asked: z.ZodType<Of>;
  /** The same in a record of this machine, with fields that only this machine knows. */
  readonly askedHere: z.ZodType<Of>;
  /** Schema of the report in a record, as far as other code relies on it. */
  readonly report: z.ZodType<object>;
}

/** Everything that differs between a training and a verification when they are started, watched, listed and ended. */
export interface RunKind<Of extends Asked = Asked> {
  /** The name of the kind in `asked`, in the root node and in its workflow. */
  readonly name: Of['kind'];
  /** In a sentence: `training`. */
  readonly title: string;
  /** Loaded on demand: a command reads the records of few kinds. */
  schemas(): Promise<KindSchemas<Of>>;
  /** Printed when the first interrupt stops the run. */
  readonly stopping: string;
  readonly withoutRequest: WithoutRequest;
  /** Why --out has nothing to write, after `the run is a verification`; absent if it has. */
  readonly withoutFile?: string;
  /** The plan's name, or what stands for it. */
  planOf(request: Pick<RunRequest<Of>, 'asked' | 'node'>): string;
  /** What the run's page in the Temporal UI says about the request, as Markdown, and the name of its data set. */
  detailsOf?(request: Pick<RunRequest<Of>, 'asked'>): Promise<RunDetails>;
  /** What a stop keeps and how to get it, after the run's name. */
  keptByStop(run: string, request: RunRequest<Of> | undefined): string;
  /** How to see the result of a run that has ended. @param left whether there is a result */
  seeResult(run: string, left: boolean): string;
  doneText(reached: Reached): string;
  figuresOf(report: object | undefined): Figures;
  /** @throws RunError 'failed' for a run without a result */
  collect(ended: EndedRun<Of>, store: ObjectStore, place: CollectPlace): Promise<Collected>;
  /** A page in HTML. */
  page(ended: EndedRun<Of>, store: ObjectStore, context: PageContext): Promise<string>;
}
