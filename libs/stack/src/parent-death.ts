/**
 * Calls back when the parent process has ended, even by kill -9, which runs no handler: the parent holds the other end
 * of this process's stdin and never writes; the system closes it with the parent.
 */
export function onParentDeath(callback: () => void): void {
  const stdin = process.stdin as NodeJS.ReadStream & { unref?: () => void };
  stdin.once('end', callback);
  stdin.once('error', callback);
  stdin.resume();
  // The watch must not keep a process alive that has no other work.
  stdin.unref?.();
}
