/** 'plan', 'problem': the input is at fault. 'certificate': a solver's answer did not survive its replay. */
export type TrainingErrorCode = 'plan' | 'problem' | 'certificate';

export class TrainingError extends Error {
  override readonly name = 'TrainingError';
  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
