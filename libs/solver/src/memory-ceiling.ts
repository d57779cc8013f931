// Tested by ../../activities/src/node-slots.int.test.ts.
// V8 limits the heap of a worker thread (`resourceLimits`), but a WASM memory belongs to no heap. It grows through
// WebAssembly.Memory.prototype.grow, in pages, and each thread has that function to itself: refusing there is a
// ceiling. HiGHS then gets no memory for an allocation and aborts, which costs its thread and this attempt, not the
// worker.

interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}
/** Part of Node that its types lack, because browsers' types have it. */
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };

const pageBytes = 65_536;
const megabyte = 2 ** 20;

let ceiling: number | undefined;
let refused = false;

/**
 * From now on, WASM memories in this thread grow only while they, the JavaScript heap and its array buffers stay below
 * the ceiling together. Call it before a solver is loaded.
 */
export function limitMemory(megabytes: number): void {
  const isFirst = ceiling === undefined;
  ceiling = megabytes * megabyte;
  if (!isFirst) return;
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WasmMemory, pages: number): number {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (this.buffer.byteLength + pages * pageBytes + heapUsed + arrayBuffers <= ceiling!) return grow.call(this, pages);
    refused = true;
    throw new RangeError('the memory ceiling of this thread is reached');
  };
}

/** Whether memory was refused since the last call, as text for a message; undefined if it was not. */
export function memoryRefusal(): string | undefined {
  const text = refused ? `it needs more than the ${Math.round(ceiling! / megabyte)} MB that a slot may use` : undefined;
  refused = false;
  return text;
}

/** MB that solvers of this thread may use, as set by limitMemory; undefined if it was not called. */
export const memoryCeiling = (): number | undefined => (ceiling === undefined ? undefined : ceiling / megabyte);
