import type { PoolState, PoolWorker, Provider } from './provider.js';

/**
 * Starts and removes nothing: another program (KEDA) reads the target from the endpoint and acts on it. It must drain
 * the workers that it removes.
 */
export class NoProvider implements Provider {
  #wanted = 0;

  async observe(): Promise<PoolState> {
    const workers = Array.from({ length: this.#wanted }, (_, index): PoolWorker => ({
      id: String(index),
      draining: false,
      answersTo: () => false,
    }));
    return { wanted: this.#wanted, workers };
  }

  async start(count: number): Promise<void> {
    this.#wanted += count;
  }

  async drain(workers: readonly PoolWorker[]): Promise<void> {
    this.#wanted -= workers.length;
  }

  async close(): Promise<void> {}
}
