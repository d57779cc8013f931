/** A worker of a pool. */
export interface PoolWorker {
  /** Unique in its pool: a process id, a pod's name. */
  readonly id: string;
  /** It takes no new work and ends when its leaves are done. */
  readonly draining: boolean;
  /** Whether the Temporal server means this worker by `identity` (`pid@host`). */
  answersTo(identity: string): boolean;
}

export interface PoolState {
  /** Requested workers, without draining ones. Some may still be starting and not be listed. */
  readonly wanted: number;
  readonly workers: readonly PoolWorker[];
}

/**
 * Where solver workers come from. A provider removes a worker only by asking it to drain: a worker finishes the leaves
 * that it is solving.
 */
export interface Provider {
  observe(): Promise<PoolState>;
  start(count: number): Promise<void>;
  /** @param workers idle a moment ago */
  drain(workers: readonly PoolWorker[]): Promise<void>;
  /** Releases the pool; resolves when workers that belong to this process alone have ended. */
  close(): Promise<void>;
}
