// Tested by ../e2e/bad-input.e2e.test.ts.
import { mipnetPaths, tightenFolders } from '@mipnet/stack/folders';
import { CommanderError } from 'commander';
import { errorLine } from '../terminal/error-line.js';
import { say } from '../terminal/say.js';
import { exitCode, exitCodeOf } from './exit-code.js';
import { mipnetProgram } from './mipnet-program.js';

/** Runs one command. @param words what was typed after `mipnet` @returns its exit code */
export async function runMipnet(words: readonly string[]): Promise<number> {
  let code: number = exitCode.done;
  try {
    const mipnet = mipnetProgram((result) => (code = result)).hook('preAction', () => tightenFolders(mipnetPaths()));
    if (words.length === 0) mipnet.outputHelp();
    else await mipnet.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    say(`mipnet: ${errorLine(error)}`);
    if (process.env.MIPNET_DEBUG) say(String((error as Error).stack));
    return exitCodeOf(error);
  }
}
