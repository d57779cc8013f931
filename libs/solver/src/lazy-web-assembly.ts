// Tested by slots/slot-pool.int.test.ts and ../../verification/src/slots/runtime-thread.int.test.ts.
import { setFlagsFromString } from 'node:v8';

interface WithInstantiate {
  instantiate(...given: readonly unknown[]): Promise<unknown>;
}
/** Part of Node that its types lack, because browsers' types have it. */
declare const WebAssembly: WithInstantiate;

/**
 * Options of V8, and what they are otherwise. Functions are checked when they are called first, not all of them before.
 * Node 20 optimises a function seven times as early as later versions: a third of the processor seconds in which the
 * ONNX runtime starts.
 */
const options = [
  ['--wasm-lazy-validation', '--no-wasm-lazy-validation'],
  ...(process.versions.v8.startsWith('11.')
    ? [['--wasm-tiering-budget=13000000', '--wasm-tiering-budget=1800000']]
    : []),
];

let isLazy = false;

/**
 * From now on, this thread compiles WebAssembly (HiGHS, the ONNX runtime) only as far as it is called. The options are
 * set only while a module is instantiated: as long as one differs from its default, Node compiles its own modules anew,
 * and another thread takes twice as long to start.
 */
export function compileLazily(): void {
  if (isLazy) return;
  isLazy = true;
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    for (const [set] of options) setFlagsFromString(set);
    try {
      return await instantiate(...given);
    } finally {
      for (const [, reset] of options) setFlagsFromString(reset);
    }
  };
}
