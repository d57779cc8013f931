import { checkStorePlace, findKeptStack, serverOfEnvironment, storePlace } from '@mipnet/stack';
import { mipnetPaths } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { RunError } from '../run-error.js';

/**
 * The store a run reads and writes. The workers of `mipnet up` have the store they were started with, so a run on them
 * uses that one.
 * @throws RunError 'bad-input' for another store than the kept stack's, StackError 'store' for one that cannot be
 *   written
 */
export async function storeOfRun(engine: 'auto' | 'temporal' | 'local', given: string | undefined): Promise<string> {
  const place = storePlace(given);
  const kept = engine === 'local' || serverOfEnvironment() ? undefined : await findKeptStack(mipnetPaths());
  if (kept && given !== undefined && kept.storeUrl !== place) {
    throw new RunError(
      'bad-input',
      `the stack that "${mipnetCommand('up')}" started stores in ${kept.storeUrl}, not in ${place}; leave ` +
        `--store out, or run "${mipnetCommand('down')}" first`,
    );
  }
  const storeUrl = kept?.storeUrl ?? place;
  await checkStorePlace(storeUrl);
  return storeUrl;
}

/**
 * If a store does not answer before a run, its URL is probably wrong; later it is an outage.
 * @throws RunError 'bad-input'
 */
export function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new RunError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}
