import { Context } from '@temporalio/activity';

/** Milliseconds. Well under the workflow's heartbeat timeout; the worker sends at most one every two seconds. */
const heartbeatMilliseconds = 1000;

/**
 * Runs `body` and heartbeats with `details()` until it ends: a heartbeat tells the server that the worker is alive, and
 * the worker of a cancellation. Needs a free event loop: long computations belong in a thread.
 */
export async function withHeartbeats<T>(details: () => unknown, body: () => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat(details());
  const timer = setInterval(() => context.heartbeat(details()), heartbeatMilliseconds);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}
