import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliError } from '../program/cli-error.js';

const folder = fileURLToPath(new URL('../../../../plans/', import.meta.url));

export const presetNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();

/** The plan text of a preset: a file of the folder `plans`. @throws CliError 'bad-input' that lists the presets */
export function readPreset(name: string): string {
  const names = presetNames();
  if (!names.includes(name))
    throw new CliError('bad-input', `there is no preset '${name}'; presets are ${names.join(', ')}`);
  return readFileSync(`${folder}${name}.yaml`, 'utf8');
}

/** The plan text of the default study of `mipnet compare`. */
export const readDefaultStudy = (): string => readFileSync(`${folder}compare/encodings.yaml`, 'utf8');
