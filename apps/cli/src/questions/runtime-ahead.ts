// Tested by ../e2e/verify.e2e.test.ts.
import { startRuntimeThread, type RuntimeThread } from '@mipnet/verification/runtime-thread';

let ahead: RuntimeThread | undefined;

/**
 * Starts the ONNX runtime before the command is loaded, if this process will need it: it takes as long as all else of a
 * short verification.
 * @param words what was typed after `mipnet`
 */
export function startRuntimeAhead([command, ...words]: readonly string[]): void {
  const isHere = words.includes('--engine=local') || words[words.indexOf('--engine') + 1] === 'local';
  if (command === 'verify' && isHere && !words.includes('--certificate')) ahead = startRuntimeThread();
}

/** The one that was started ahead, or a new one. Its owner closes it. */
export function runtimeThread(): RuntimeThread {
  const own = ahead === undefined || ahead.hasEnded ? startRuntimeThread() : ahead;
  ahead = undefined;
  return own;
}
