// Processor seconds of processes (Linux: /proc), so that shares hold on a busy machine too.

import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a CPU that a process counts its time in: 100 on every Linux of today. */
const ticksPerSecond = 100;

/**
 * The parent of a process, and its processor seconds so far with its threads.
 * @param {number | string} pid or `PID/task/TID`: one thread
 */
export function statOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
}

/**
 * What the processes of a stack have used so far, by what they do. Of the solver worker's process, the main thread
 * talks to Temporal and the others solve.
 * @param {string} home MIPNET_HOME of the stack
 */
export function processorSeconds(home) {
  const seconds = { server: 0, orchestrator: 0, talking: 0, solving: 0 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`MIPNET_HOME=${home}`)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (/temporal[^\0]*\0server/.test(command)) seconds.server += statOf(pid).seconds;
      else if (command.includes('--role\0orchestrator')) seconds.orchestrator += statOf(pid).seconds;
      else if (command.includes('--role\0solver')) {
        const talking = statOf(`${pid}/task/${pid}`).seconds;
        seconds.talking += talking;
        seconds.solving += statOf(pid).seconds - talking;
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return seconds;
}
