import { join } from 'node:path';
import { findOnPath, isExecutable } from './executable.js';
import { goInstall, type GoProgram } from './go-install.js';
import { StackError } from './stack-error.js';
import { downloadTemporal } from './temporal-download.js';

/** Later versions cannot be installed this way: their go.mod has replace directives. */
const TEMPORAL_SOURCE: GoProgram = {
  name: 'temporal',
  module: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
  cost: 'about 5 minutes, once',
};

export interface FindTemporalOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where fetched and compiled programs are kept. */
  readonly bin: string;
  readonly onMessage: (line: string) => void;
  /** Replaced in tests. */
  readonly download?: (target: string) => Promise<void>;
}

/**
 * The Temporal server program: $MIPNET_TEMPORAL_BIN, then PATH, then the one kept from before, then a download, then
 * compiled from source where Go is. The first that is there is taken.
 * @throws StackError 'no-binary' with the reason each way failed and how to get one.
 */
export async function findTemporal(options: FindTemporalOptions): Promise<string> {
  const { env, bin, onMessage } = options;
  const chosen = env.MIPNET_TEMPORAL_BIN;
  if (chosen) {
    if (await isExecutable(chosen)) return chosen;
    throw new StackError('no-binary', `MIPNET_TEMPORAL_BIN names ${chosen}, which is not a program that can be run`);
  }
  const installed = await findOnPath('temporal', env.PATH);
  if (installed) return installed;
  const kept = join(bin, 'temporal');
  if (await isExecutable(kept)) return kept;

  const reasons: Error[] = [];
  try {
    await (options.download ?? ((target) => downloadTemporal(target, { onMessage })))(kept);
    return kept;
  } catch (error) {
    reasons.push(new Error(`download: ${reason(error)}`, { cause: error }));
  }
  const go = await findOnPath('go', env.PATH);
  if (go) {
    try {
      return await goInstall(TEMPORAL_SOURCE, { go, folder: bin, onMessage });
    } catch (error) {
      reasons.push(new Error(reason(error), { cause: error }));
    }
  } else {
    reasons.push(new Error('from source: there is no "go" on PATH'));
  }
  throw new StackError(
    'no-binary',
    [
      'no Temporal server program was found or could be fetched.',
      ...reasons.map((error) => `  ${error.message}`),
      'Install the Temporal CLI (https://docs.temporal.io/cli) or Go (https://go.dev/dl), or set MIPNET_TEMPORAL_BIN to a',
      '"temporal" program, or set TEMPORAL_ADDRESS to a server that is already running.',
    ].join('\n'),
    { cause: new AggregateError(reasons) },
  );
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; the cause knows why.
  return error.cause instanceof Error && error.cause.message
    ? `${error.message} (${error.cause.message})`
    : error.message;
}
