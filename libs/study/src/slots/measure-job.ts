// Tested by ../../../../apps/cli/src/e2e/compare.e2e.test.ts.
import { tightenedBounds, type BoundTightening, type ReluFormulation } from '@mipnet/encoding';
import type { Network } from '@mipnet/network';
import { loadHighsSolver, serveJobs, type SessionSolver } from '@mipnet/solver';
import { withMargins } from '../instance-model.js';
import { measureInstance, type MeasureLimits } from '../measure-instance.js';
import type { Measurement } from '../measurement.js';
import type { Question } from '../question.js';
import { threadClock } from '../thread-clock.js';

// Runs in a solver thread, with a solver of its own.

/** One question with one kind of bounds: they are computed once, and then each formulation is measured. */
export interface MeasureTask {
  readonly network: Network;
  readonly question: Question;
  readonly bounds: BoundTightening;
  readonly formulations: readonly ReluFormulation[];
  readonly limits: MeasureLimits & { readonly boundWork: number };
}

/** One formulation's measurement, posted as soon as it is there. */
export interface MeasurePost {
  readonly formulation: ReluFormulation;
  readonly measurement: Measurement;
}

let opened: Promise<SessionSolver> | undefined;

serveJobs<undefined, MeasureTask, void>(
  async ({ network, question, bounds: tightening, formulations, limits }, _data, context) => {
    opened ??= loadHighsSolver();
    const solver = await opened;
    const clock = threadClock();
    const stopped = (): boolean => context.stopped();
    const margins = withMargins(network, question);
    const began = clock();
    const bounds = tightenedBounds(solver, margins, question.query.region.box, {
      tightening,
      lp: { stopped },
      mip: { workLimit: limits.boundWork, stopped },
    });
    const known = { bounds, seconds: clock() - began };
    for (const formulation of formulations) {
      if (stopped()) return;
      const measurement = measureInstance(solver, { margins, question, formulation, known }, limits, clock, stopped);
      if (measurement !== undefined) context.post({ formulation, measurement } satisfies MeasurePost);
    }
  },
);
