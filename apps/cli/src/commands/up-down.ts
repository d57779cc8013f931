import { exitCode } from '../program/exit-code.js';
import { describeKept, down, up } from '@mipnet/stack';
import { say } from '../terminal/say.js';
import { checkStorePlace, storePlace } from '@mipnet/stack';

/** `mipnet up`: a stack that stays. */
export async function upCommand({
  store,
  slots,
}: {
  readonly store?: string;
  readonly slots: number;
}): Promise<number> {
  const storeUrl = storePlace(store);
  await checkStorePlace(storeUrl);
  const { kept, started } = await up({ storeUrl, slots, onMessage: say });
  if (!started) say('it is up already');
  process.stdout.write(`${describeKept(kept)}\n`);
  return exitCode.done;
}

/** `mipnet down`: stops it; it is no error if nothing is running. */
export async function downCommand(): Promise<number> {
  const result = await down({ onMessage: say });
  process.stdout.write(result === 'stopped' ? 'stopped\n' : 'nothing is running\n');
  return exitCode.done;
}
