import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** The folder infra/. */
export const infraFolder = join(import.meta.dirname, '..');
export const repositoryFolder = join(infraFolder, '..');

export const readInfra = (path: string): Promise<string> => readFile(join(infraFolder, path), 'utf8');

/** All documents of a YAML text. @throws Error that names the text and the first mistake in it */
export function parseYaml(text: string, name: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0]!.message}`);
    return document.toJS({ maxAliasCount: -1 }) as unknown;
  });
}
