import { fstatSync } from 'node:fs';

const everyMilliseconds = 500;

/**
 * Calls `gone` once when the parent process has ended: this process was given to another parent, or the pipe that is
 * its stdin was closed (which also tells of a parent that ended before the watch began). Keeps no process alive.
 */
export function watchParent(gone: () => void): void {
  const parent = process.ppid;
  let told = false;
  const tell = (): void => {
    if (told) return;
    told = true;
    clearInterval(timer);
    gone();
  };
  const timer = setInterval(() => {
    if (process.ppid !== parent) tell();
  }, everyMilliseconds);
  timer.unref();
  if (!stdinIsPipe()) return;
  process.stdin.once('end', tell).once('error', tell).resume();
  (process.stdin as { unref?(): void }).unref?.();
}

/** A terminal or /dev/null says nothing about the parent. */
function stdinIsPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}
