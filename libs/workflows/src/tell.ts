import { log, type SignalDefinition } from '@temporalio/workflow';

/** Sends a signal. The receiver may have just ended; then the signal is not needed. */
export function tell<Arg>(
  to: { signal(def: SignalDefinition<[Arg]>, arg: Arg): Promise<void> },
  signal: SignalDefinition<[Arg]>,
  arg: Arg,
): void {
  to.signal(signal, arg).catch((error: unknown) =>
    log.debug('signal not delivered', { signal: signal.name, error: String(error) }),
  );
}
