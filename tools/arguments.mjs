// The arguments of a tool in this folder: `--help` prints the comment at the top of its file, which is its usage text.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Like `parseArgs`. `--help` prints the usage and ends with 0; arguments that do not fit end with one sentence and
 * exit code 2.
 * @param {string} url `import.meta.url` of the tool
 * @param {import('node:util').ParseArgsConfig & { needs?: string }} config `needs`: name of a positional argument that
 * must be there
 */
export function readArguments(url, { needs, ...config }) {
  const file = fileURLToPath(url);
  try {
    const parsed = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean', default: false } } });
    if (parsed.values.help) {
      process.stdout.write(usageOf(file, config.options ?? {}));
      process.exit(0);
    }
    if (needs !== undefined && parsed.positionals.length === 0) throw new Error(`${needs} is missing`);
    return parsed;
  } catch (error) {
    // parseArgs explains at length how to pass a positional argument that begins with a dash; its first sentence says
    // what is wrong.
    const [sentence] = error.message.split(/\. (?=[A-Z])/);
    process.stderr.write(`${basename(file)}: ${sentence.replace(/\.$/, '')}; --help says what can be given\n`);
    process.exit(2);
  }
}

/** The comment at the top of a file, without its stars, and its options with their defaults. */
function usageOf(file, options) {
  const comment = /\/\*\*\n([\s\S]*?)\n \*\//.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, ''))
    .join('\n');
  const lines = Object.entries(options).map(([name, { type, multiple, default: value }]) => {
    const given = value === undefined || multiple ? '' : ` (default: ${value})`;
    return `    --${name}${type === 'string' ? ' VALUE' : ''}${multiple ? ', may be repeated' : ''}${given}`;
  });
  return `${text}\n${lines.length === 0 ? '' : `\nOptions:\n\n${lines.join('\n')}\n`}`;
}
