import { readFileSync } from 'node:fs';

/** The version of this checkout, from the package file beside `dist`. */
export const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
