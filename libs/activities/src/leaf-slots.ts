import { putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { SlotPool } from '@mipnet/solver';
import { shareOfMemory } from './share-of-memory.js';
import type { LeafJobData, LeafJobInput, LeafJobPost } from './leaf-job.js';
import type { LeafHooks, LeafProgress, LeafSolver } from './leaf-solver.js';

/** Solves leaves in solver threads, one HiGHS a thread. */
export class LeafSlots implements LeafSolver {
  readonly #pool: SlotPool;
  readonly #store: ObjectStore;

  /**
   * @param slots leaves under way at once; the number of cores is right
   * @param memoryMegabytes most that one slot may use; its share of the machine when left out
   */
  constructor(store: ObjectStore, slots: number, memoryMegabytes = shareOfMemory(slots)) {
    this.#store = store;
    this.#pool = new SlotPool({ job: new URL('./leaf-job.js', import.meta.url), slots, memoryMegabytes, data: { storeUrl: store.url } satisfies LeafJobData });
  }

  async solve(leaf: ProblemNode, { checkpoint, onProgress, signal }: LeafHooks): Promise<Solved> {
    let latest: LeafProgress = { objective: null, bound: null, nodes: 0, work: 0, checkpoint };
    const report = (news: Partial<LeafProgress>): void => onProgress((latest = { ...latest, ...news }));
    const checkpoints = new CheckpointWriter(this.#store, (written) => report({ checkpoint: written }));
    const onPost = (post: LeafJobPost): void => {
      if (post.kind === 'progress') report(post.progress);
      else checkpoints.write(post.document);
    };
    const solved = await this.#pool.run<LeafJobInput, Solved>({ leaf, checkpoint }, { onPost, signal });
    await checkpoints.settled();
    return solved;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Writes checkpoints to the store one at a time; of those that wait, only the newest matters. */
class CheckpointWriter {
  #next: object | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: ObjectStore,
    private readonly onWritten: (ref: ObjectRef) => void,
  ) {}

  write(document: object): void {
    this.#next = document;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const document = this.#next;
      this.#next = undefined;
      // A checkpoint only saves time after a death; a store that fails here will fail the result, where it is reported.
      await putDocument(this.store, 'checkpoints', document).then(this.onWritten, () => undefined);
    }
  }
}
