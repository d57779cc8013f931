/** A worker of a pool. */
export interface PoolWorker {
  /** Unique in its pool: a process id, a pod's name. */
  readonly id: string;
  /** It takes no new work and ends when what it has is done. */
  readonly draining: boolean;
  /** Whether the Temporal server means this worker by `identity` (`pid@host`). */
  answersTo(identity: string): boolean;
}

export interface PoolState {
  /** Workers asked for, those that drain not counted. Some may still be starting and not be listed. */
  readonly wanted: number;
  readonly workers: readonly PoolWorker[];
}

/**
 * Where solver workers come from. A provider removes a worker only by asking it to drain: whatever it solves when it is
 * asked, it finishes.
 */
export interface Provider {
  observe(): Promise<PoolState>;
  start(count: number): Promise<void>;
  /** @param workers idle a moment ago */
  drain(workers: readonly PoolWorker[]): Promise<void>;
  /** Lets go of the pool; resolves when what belongs to this process alone has ended. */
  close(): Promise<void>;
}
