import type { Model } from '@mipnet/mip';
import type highsModule from 'highs';
import type { Highs } from 'highs';
import { compileLazily } from '../lazy-web-assembly.js';
import { modelData, runHighs, solverOptions } from '../highs-run.js';
import { HighsSession } from '../highs-session.js';
import { limitMemory, memoryRefusal } from '../memory-ceiling.js';
import { refuseUnsupported } from '../refuse-unsupported.js';
import type { SessionSolver } from '../session.js';
import { SolverError, type SolveOptions, type SolveResult } from '../solve.js';
import type { Capabilities, Dialect } from '../solver.js';

export const highsCapabilities: Capabilities = {
  realColumns: 'exact',
  relaxation: true,
  duals: true,
  incumbents: 'points',
  work: 'LP iterations',
  deterministic: true,
  sessions: true,
};

/** Of HiGHS in the package `highs`, which is loaded when something is solved: not every leaf needs it. */
export const highsVersion = '1.15.1';

const nameOf = (version: string): string => `HiGHS ${version}`;

/** HiGHS as WebAssembly in the calling thread: a solve blocks it, and `signal` is seen between callbacks. */
export const highs = {
  install: 'part of mipnet',
  capabilities: highsCapabilities,
  async open(at, { memoryMegabytes }) {
    if (at !== '')
      throw new SolverError('unknown', `the solver 'highs' is inside mipnet and has no path '${at}': use highs-native`);
    if (memoryMegabytes !== undefined) limitMemory(memoryMegabytes);
    const { capabilities } = this;
    let loaded: Promise<SessionSolver> | undefined;
    const sessions = (): Promise<SessionSolver> => (loaded ??= loadHighsSolver());
    let isClosed = false;
    return {
      name: `${nameOf(highsVersion)} (WASM)`,
      capabilities,
      sessions,
      async solve(model, options = {}) {
        if (isClosed) throw new SolverError('closed', `${nameOf(highsVersion)} is closed`);
        refuseUnsupported('highs', capabilities, options);
        return (await sessions()).solve(model, options);
      },
      close: async () => void (isClosed = true),
    };
  },
} satisfies Dialect;

/** Loaded at the first call: not every job of a thread needs the solver. */
export async function loadHighs(): Promise<Highs> {
  // The package's types describe its CommonJS export; Node imports the ES module, whose default export is the loader.
  const load = (await import('highs')).default as unknown as typeof highsModule.default;
  compileLazily();
  return load();
}

/** Loads HiGHS (WASM, one thread) into this thread. */
export async function loadHighsSolver(): Promise<SessionSolver> {
  const highs = await loadHighs();
  return {
    name: nameOf(highs.version.string),
    solve: (model, options = {}) => solve(highs, model, options),
    open: (model) => new HighsSession(highs, model),
  };
}

function solve(highs: Highs, model: Model, options: SolveOptions): SolveResult {
  let session: ReturnType<Highs['createModel']> | undefined;
  memoryRefusal();
  try {
    session = highs.createModel();
    session.passModel(modelData(model, options.relaxation ?? false));
    session.options.set(solverOptions(options));
    if (options.start) session.setSolution({ colValue: options.start });
    const result = runHighs(highs, session, model, options);
    // HiGHS may survive a failed allocation; its result then depends on the memory of the machine.
    const refusal = memoryRefusal();
    if (refusal !== undefined) throw new Error(refusal);
    return result;
  } catch (cause) {
    const refusal = memoryRefusal() ?? (cause as Error).message;
    throw new SolverError(
      'crash',
      `HiGHS failed on a model of ${model.columnCount} columns and ${model.rowCount} rows: ${refusal}`,
      { cause },
    );
  } finally {
    dispose(session);
  }
}

/** After a trap inside HiGHS no call works any more; the first error is the relevant one. */
function dispose(session: ReturnType<Highs['createModel']> | undefined): void {
  try {
    session?.dispose();
  } catch {
    // The solve has already thrown, or its result is already read.
  }
}
