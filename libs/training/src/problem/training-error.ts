import { MipnetError, type Blame } from '@mipnet/errors';

/** 'plan', 'problem': the input is at fault. 'certificate': a solver's answer did not survive its replay. */
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
