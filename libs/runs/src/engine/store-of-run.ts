import type { KeptStack } from '@mipnet/stack';
import { checkStorePlace, mipnetPaths, storePlace } from '@mipnet/stack/folders';
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
  const kept = engine === 'local' ? undefined : await keptStack();
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

/** Loaded on demand: it brings Temporal along. */
async function keptStack(): Promise<KeptStack | undefined> {
  const { findKeptStack, serverOfEnvironment } = await import('@mipnet/stack');
  return serverOfEnvironment() ? undefined : findKeptStack(mipnetPaths());
}

/**
 * If a store does not answer before a run, its URL is probably wrong; later it is an outage.
 * @throws RunError 'bad-input'
 */
export function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new RunError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}
