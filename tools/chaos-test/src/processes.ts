import { readdirSync, readFileSync } from 'node:fs';

/** What a process of a stack runs, as its command line says. */
const kinds = {
  solver: /--role\0solver/,
  orchestrator: /--role\0orchestrator/,
  // Not the leash in front of it, which is a Node program.
  temporal: /^[^\0]*temporal[^\0]*\0server\0start-dev/,
} as const;

export type ProcessKind = keyof typeof kinds;

/**
 * Process ids of a kind that belong to a stack, told by the state folder in their environment. Linux only: /proc.
 * @param home MIPNET_HOME of the stack
 */
function processesOf(home: string, kind: ProcessKind): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          kinds[kind].test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`MIPNET_HOME=${home}`)
        );
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return false;
      }
    })
    .map(Number);
}

/** kill -9. Whether there was anything to kill. */
export function killOne(home: string, kind: ProcessKind): boolean {
  const [pid] = processesOf(home, kind);
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
