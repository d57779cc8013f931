// Tested by verify-slots.int.test.ts.
import { fromOnnx, inFloat32, type Network } from '@mipnet/network';
import { loadHighsSolver, serveJobs, type SessionSolver } from '@mipnet/solver';
import { boundOutputsOf, rememberedCrown } from '../bound-outputs.js';
import { mergeUnits } from '../merge-units.js';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';
import { proveByMip } from '../prove-by-mip.js';
import { proveShortly } from '../prove-shortly.js';
import { over, type ProveProgress } from '../prove-options.js';
import type { Query } from '../query.js';
import type { Verdict } from '../verdict.js';
import { verifyProperty } from '../verify-property.js';
import { verifyQuery, type Steps } from '../verify-query.js';
import type { VnnlibProperty } from '../vnnlib/property.js';

// Runs in a solver thread, with a solver and an ONNX runtime of its own.

export interface VerifyJobData {
  /** The network's ONNX file: the verified network is the one that other programs run. */
  readonly model: Uint8Array;
}

export interface VerifyTask {
  readonly about: { readonly query: Query } | { readonly property: VnnlibProperty };
  /** Seconds for all steps together. @default no limit */
  readonly timeLimit?: number;
}

export type VerifyJobPost = ProveProgress;

/** Progress is posted at most this often, in milliseconds. */
const postEvery = 500;

let opened: Promise<readonly [Network, OnnxRuntime]> | undefined;
/** Opened by the first question that bounds and branching leave undecided. */
let solver: Promise<SessionSolver> | undefined;

serveJobs<VerifyJobData, VerifyTask, Verdict>(async ({ about, timeLimit = Infinity }, { model }, context) => {
  const began = performance.now();
  opened ??= Promise.all([inFloat32(mergeUnits(fromOnnx(model))), openOnnxRuntime(model)]);
  const [network, runtime] = await opened;
  let postedAt = -Infinity;
  const limits = { remaining: () => timeLimit - (performance.now() - began) / 1000, stopped: () => context.stopped() };
  const onProgress = (progress: VerifyJobPost): void => {
    if (performance.now() - postedAt < postEvery) return;
    postedAt = performance.now();
    context.post(progress);
  };
  const boundLayers = rememberedCrown(network);
  const steps: Steps = {
    boundOutputs: boundOutputsOf(network, boundLayers, () => over(limits)),
    attack: { stopped: () => over(limits) },
    proveShortly: proveShortly({ ...limits, boundLayers }),
    prove: async (...question) =>
      proveByMip(await (solver ??= loadHighsSolver()), { ...limits, boundLayers, onProgress })(...question),
  };
  return 'query' in about
    ? verifyQuery(network, runtime, about.query, steps)
    : verifyProperty(network, runtime, about.property, steps);
});
