#!/usr/bin/env node
import { CommanderError } from 'commander';
import { errorLine } from './terminal/error-line.js';
import { exitCode, exitCodeOf } from './program/exit-code.js';
import { program } from './program/program.js';
import { say } from './terminal/say.js';

async function main(): Promise<number> {
  let code: number = exitCode.done;
  try {
    const mipnet = program((result) => (code = result));
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

// A reader that has seen enough (`mipnet --help | head`) closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

process.exitCode = await main();
