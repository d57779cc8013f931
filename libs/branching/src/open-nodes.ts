/** Nodes by their bound, the least one first (a binary heap). */
export class OpenNodes<Node extends { readonly bound: number }> {
  readonly #heap: Node[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The least bound of all; infinite if there is no node. */
  get least(): number {
    return this.#heap[0]?.bound ?? Infinity;
  }

  /** All of them, in no order. */
  [Symbol.iterator](): Iterator<Node> {
    return this.#heap[Symbol.iterator]();
  }

  push(node: Node): void {
    const heap = this.#heap;
    let at = heap.push(node) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && heap[parent].bound > node.bound; parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = node;
  }

  /** Takes out the node with the least bound. */
  pop(): Node | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1].bound < heap[child].bound) child++;
      if (last.bound <= heap[child].bound) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
