import { basename, dirname, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { fileHash } from './file-hash.js';
import { shellWord } from '@mipnet/text';

export interface LostTable {
  /** Of the plan's data set. */
  readonly key: 'file' | 'test';
  /** The path as the plan wrote it. */
  readonly written: string;
  /** SHA-256 of the table; undefined if the network's file, which is untrusted, does not state it. */
  readonly sha256: string | undefined;
  /** The network's file. */
  readonly network: string;
  /** Absolute paths at which runs of this machine found the table. */
  readonly known: readonly string[];
}

/**
 * Finds a table that a network was trained on: at the path from which a run of this machine read it, otherwise from the
 * current folder, otherwise beside the network. Only a file with the right content counts.
 * @throws CliError 'bad-input' that says whether it is missing or changed, and which option names it
 */
export async function findTable({ key, written, sha256, network, known }: LostTable): Promise<string> {
  const give = `give it by --${key} TABLE.csv`;
  if (sha256 === undefined) {
    throw new CliError('bad-input', `${network} names its table ${written}, but not what is in it; ${give}`);
  }
  const beside = dirname(resolve(network));
  const near = [resolve(written), resolve(beside, written), resolve(beside, basename(written))];
  const places = [...new Set([...known, ...near])];
  const changed: string[] = [];
  for (const place of places) {
    const found = await fileHash(place);
    if (found !== undefined && found === sha256) return place;
    if (found !== undefined) changed.push(place);
  }
  const part = key === 'file' ? 'the table' : 'the test table';
  if (changed.length > 0) {
    throw new CliError(
      'bad-input',
      `${changed[0]} has changed since ${network} was trained on it: its content is not ` +
        `${part} of the run any more (SHA-256 ${sha256}); give the old one by --${key} TABLE.csv, ` +
        `or say --${key} ${shellWord(changed[0])} for the accuracy on the new one`,
    );
  }
  throw new CliError(
    'bad-input',
    `${part} that ${network} was trained on, ${written} (SHA-256 ${sha256}), ` +
      `is not there (looked at ${places.join(', ')}); ${give}`,
  );
}
