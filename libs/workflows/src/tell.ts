import { log, type SignalDefinition } from '@temporalio/workflow';

/** Sends a signal. The other side may have just ended: then there is nobody left who wants to know. */
export function tell<Arg>(
  to: { signal(def: SignalDefinition<[Arg]>, arg: Arg): Promise<void> },
  signal: SignalDefinition<[Arg]>,
  arg: Arg,
): void {
  to.signal(signal, arg).catch((error: unknown) =>
    log.debug('signal not delivered', { signal: signal.name, error: String(error) }),
  );
}
