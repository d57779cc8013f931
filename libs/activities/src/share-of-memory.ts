import { totalmem } from 'node:os';

/** Reserved for the thread of the Temporal client, and for the system. */
const shareForSlots = 0.8;
/** What a WASM program can address. */
const mostMegabytes = 4096;

/** Megabytes that each of `slots` solver threads may use on this machine, or in this container. */
export function shareOfMemory(slots: number, bytes: number = memoryOfMachine()): number {
  return Math.min(mostMegabytes, Math.floor((shareForSlots * bytes) / slots / 2 ** 20));
}

function memoryOfMachine(): number {
  // 0 or absurdly large if nothing constrains the process.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
