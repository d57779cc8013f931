#!/usr/bin/env node
// Tested by e2e/plan.e2e.test.ts.
import { mipnetPaths, tightenFolders } from '@mipnet/stack/folders';
import { CommanderError } from 'commander';
import { exitCode, exitCodeOf } from './program/exit-code.js';
import { mipnetProgram } from './program/mipnet-program.js';
import { errorLine } from './terminal/error-line.js';
import { say } from './terminal/say.js';

async function main(): Promise<number> {
  let code: number = exitCode.done;
  try {
    const mipnet = mipnetProgram((result) => (code = result)).hook('preAction', () => tightenFolders(mipnetPaths()));
    if (process.argv.length <= 2) mipnet.outputHelp();
    else await mipnet.parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    say(`mipnet: ${errorLine(error)}`);
    if (process.env.MIPNET_DEBUG) say(String((error as Error).stack));
    return exitCodeOf(error);
  }
}

// A reader that needs no more lines (`mipnet --help | head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

process.exitCode = await main();
