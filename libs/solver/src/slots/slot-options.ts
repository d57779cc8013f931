export interface SlotPoolOptions {
  /** Module that calls `serveJobs`. */
  readonly job: URL;
  /** Threads: jobs under way at once. */
  readonly slots: number;
  /** Given to every thread. */
  readonly data?: unknown;
  /** Most MB a thread may use, for JavaScript objects, its array buffers and the solver together; a thread that needs more dies. @default no ceiling but Node's own */
  readonly memoryMegabytes?: number;
}

export interface RunOptions {
  readonly onPost?: (value: never) => void;
  /** Aborted: the job is asked to hand back what it has. */
  readonly signal?: AbortSignal;
  /** A job that has not ended this long after it was asked to: its thread is ended. @default it is waited for */
  readonly graceSeconds?: number;
}
