// Processor seconds of the processes of one mipnet stack (Linux: /proc), so that shares hold on a busy machine too.

import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Processor seconds of a process or thread so far, from its stat file. */
const secondsOf = (file) => {
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

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
      if (/temporal[^\0]*\0server/.test(command)) seconds.server += secondsOf(`/proc/${pid}/stat`);
      else if (command.includes('--role\0orchestrator')) seconds.orchestrator += secondsOf(`/proc/${pid}/stat`);
      else if (command.includes('--role\0solver')) {
        const talking = secondsOf(`/proc/${pid}/task/${pid}/stat`);
        seconds.talking += talking;
        seconds.solving += secondsOf(`/proc/${pid}/stat`) - talking;
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return seconds;
}
