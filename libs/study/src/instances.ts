import { createHash } from 'node:crypto';
import type { BoundTightening, ReluFormulation } from '@mipnet/encoding';
import { toOnnx, type Network } from '@mipnet/network';
import { codeVersion } from '@mipnet/solver';
import { seconds } from '@mipnet/training';
import type { InstanceName } from './measurement.js';
import { questionOf, type Question } from './question.js';
import type { StudyPlan } from './plan/study-schema.js';
import type { MeasureTask } from './slots/measure-job.js';

/** A network of a study, ready. */
export interface StudySubject {
  readonly name: string;
  readonly network: Network;
}

/** A test image. */
export interface StudyImage {
  readonly image: number;
  readonly label: number;
  /** Values 0..1, one for each input. */
  readonly values: Float64Array;
}

/** One question with one kind of bounds, and the instances that it measures. */
export interface Group {
  readonly question: Question;
  readonly bounds: BoundTightening;
  readonly network: StudySubject;
  readonly instances: readonly Instance[];
  readonly limits: MeasureTask['limits'];
}

export interface Instance {
  readonly name: InstanceName;
  /** Hash of everything that the measurement depends on: the same key, the same instance. */
  readonly key: string;
}

/** All instances of a study, in order of the plan: networks, then queries, images, bounds, formulations. */
export function groupsOf(plan: StudyPlan, subjects: readonly StudySubject[], images: readonly StudyImage[]): Group[] {
  const limits = {
    time: seconds(plan.limits.time),
    boundWork: plan.limits.boundWork,
    cutRounds: plan.limits.cutRounds,
    seed: plan.seed,
  };
  return subjects.flatMap((network) => {
    const identity = createHash('sha256').update(toOnnx(network.network)).digest('hex');
    return plan.queries.flatMap((asked) =>
      images.flatMap(({ image, label, values }) => {
        const question = questionOf(asked, network.network, image, values, label);
        const pixels = createHash('sha256').update(values).digest('hex');
        return plan.bounds.map((bounds): Group => ({
          question,
          bounds,
          network,
          limits,
          instances: plan.formulations.map((formulation) => ({
            name: nameOf(network.name, question, bounds, formulation),
            key: createHash('sha256')
              .update(
                JSON.stringify([codeVersion(packages), identity, pixels, label, asked, bounds, formulation, limits]),
              )
              .digest('hex'),
          })),
        }));
      }),
    );
  });
}

/** Packages whose code determines a measurement: with other code, measurements cannot be compared. */
const packages = ['network', 'mip', 'bounds', 'encoding', 'solver', 'verification', 'study'];

const nameOf = (
  network: string,
  question: Question,
  bounds: BoundTightening,
  formulation: ReluFormulation,
): InstanceName => ({ network, query: question.name, image: question.image, bounds, formulation });
