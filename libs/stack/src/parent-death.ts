/**
 * Calls back when the parent process is gone, however it ended (kill -9 runs no handler): the parent holds the other
 * end of our stdin and never writes; the system closes it with the parent.
 */
export function onParentDeath(callback: () => void): void {
  const stdin = process.stdin as NodeJS.ReadStream & { unref?: () => void };
  stdin.once('end', callback);
  stdin.once('error', callback);
  stdin.resume();
  // Watching must not keep a process alive that has nothing left to do.
  stdin.unref?.();
}
