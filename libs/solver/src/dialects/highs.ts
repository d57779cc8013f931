import type { Capabilities, Dialect } from '../solver.js';
import { loadHighsSolver } from '../highs.js';
import { limitMemory } from '../memory-ceiling.js';
import { refuseUnsupported } from '../refuse-unsupported.js';
import { SolverError } from '../solve.js';

export const highsCapabilities: Capabilities = {
  realColumns: 'exact',
  relaxation: true,
  duals: true,
  incumbents: 'points',
  work: 'LP iterations',
  deterministic: true,
  sessions: true,
};

/** HiGHS as WebAssembly in the calling thread: a solve blocks it, and `signal` is seen between callbacks. */
export const highs = {
  install: 'part of mipnet',
  capabilities: highsCapabilities,
  async open(at, { memoryMegabytes }) {
    if (at !== '')
      throw new SolverError('unknown', `the solver 'highs' is inside mipnet and has no path '${at}': use highs-native`);
    if (memoryMegabytes !== undefined) limitMemory(memoryMegabytes);
    const sessions = await loadHighsSolver();
    const { capabilities } = this;
    let isClosed = false;
    return {
      name: `${sessions.name} (WASM)`,
      capabilities,
      sessions,
      async solve(model, options = {}) {
        if (isClosed) throw new SolverError('closed', `${sessions.name} is closed`);
        refuseUnsupported('highs', capabilities, options);
        return sessions.solve(model, options);
      },
      close: async () => void (isClosed = true),
    };
  },
} satisfies Dialect;
