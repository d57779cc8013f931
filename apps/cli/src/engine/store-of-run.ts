import { CliError } from '../cli-error.js';
import { storePlace, checkStorePlace } from '../commands/store-place.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { serverOfEnvironment, findKeptStack } from '@mipnet/stack';
import { mipnetCommand } from '@mipnet/text';

/**
 * The store a run reads and writes. The workers of `mipnet up` have the store they were started with, so a run on them
 * uses that one.
 * @throws CliError 'bad-input' for a store that cannot be written, or another one than the kept stack's
 */
export async function storeOfRun(engine: 'auto' | 'temporal' | 'local', given: string | undefined): Promise<string> {
  const place = storePlace(given);
  const kept = engine === 'local' || serverOfEnvironment() ? undefined : await findKeptStack(mipnetPaths());
  if (kept && given !== undefined && kept.storeUrl !== place) {
    throw new CliError(
      'bad-input',
      `the stack that "${mipnetCommand('up')}" started stores in ${kept.storeUrl}, not in ${place}; leave --store out, or run "${mipnetCommand('down')}" first`,
    );
  }
  const storeUrl = kept?.storeUrl ?? place;
  await checkStorePlace(storeUrl);
  return storeUrl;
}
