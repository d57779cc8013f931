/**
 * `CANCELLED` comes from the workflow; the others (`WORKER_SHUTDOWN`, `PAUSED`, `RESET`, ...) concern this attempt
 * only.
 */
export const stopWasAskedFor = (signal: AbortSignal): boolean => cancelReason(signal) === 'CANCELLED';

export const cancelReason = ({ aborted, reason }: AbortSignal): string =>
  aborted && reason instanceof Error ? reason.message : 'its solver was closed';
