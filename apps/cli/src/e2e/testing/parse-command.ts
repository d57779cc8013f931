// Tested by ../../docs-commands.unit.test.ts.
import { execFileSync } from 'node:child_process';
import { mipnetProgram } from '../../program/mipnet-program.js';

export interface ParsedCommand {
  readonly name: string;
  /** Its arguments, in order; undefined for one that is left out. */
  readonly args: readonly unknown[];
  /** Its options with their defaults, by their names in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The words that a shell makes of a line, without the program. */
export function wordsOfLine(line: string): string[] {
  return execFileSync('sh', ['-c', `set -- ${line}\nprintf '%s\\0' "$@"`], { encoding: 'utf8' })
    .split('\0')
    .slice(1, -1);
}

/**
 * What the command line's own parser makes of words, without running the command.
 * @throws CommanderError for an unknown command or option, a missing argument, or a value that an option refuses
 */
export async function parseCommand(words: readonly string[]): Promise<ParsedCommand> {
  let parsed: ParsedCommand | undefined;
  const program = mipnetProgram(() => undefined);
  for (const command of program.commands) {
    command.configureOutput({ writeErr: () => undefined });
    command.action((...given: unknown[]) => {
      parsed = {
        name: command.name(),
        args: given.slice(0, command.registeredArguments.length),
        options: command.opts(),
      };
    });
  }
  await program.parseAsync(words, { from: 'user' });
  if (parsed === undefined) throw new Error(`${words.join(' ')} runs no command`);
  return parsed;
}
