import { MipnetError, type Blame } from '@mipnet/errors';

/** 'plan', 'problem': the input is wrong. 'certificate': the replay contradicts a solver's answer. */
export type TrainingErrorCode = 'plan' | 'problem' | 'certificate';

const blames = { plan: 'input', problem: 'input', certificate: 'program' } as const satisfies Record<
  TrainingErrorCode,
  Blame
>;

export class TrainingError extends MipnetError<TrainingErrorCode> {
  override readonly name = 'TrainingError';
  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
