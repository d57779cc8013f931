#!/usr/bin/env node
// Tested by e2e/plan.e2e.test.ts.
import { mipnetPaths, tightenFolders } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import { Command, CommanderError } from 'commander';
import { exitCode, exitCodeOf } from './program/exit-code.js';
import { addNetworkCommands } from './program/network-commands.js';
import type { Finish } from './program/options.js';
import { addRunCommands } from './program/run-commands.js';
import { addStackCommands } from './program/stack-commands.js';
import { version } from './program/version.js';
import { errorLine } from './terminal/error-line.js';
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

// Commands are imported when they run: `mipnet --help` loads nothing of Temporal, AWS or the solver.

const firstSteps = (mipnet: string): string => `
First steps:
  ${mipnet} train               learn digits by 45 small MIPs
  ${mipnet} evaluate NET.onnx   its accuracy on the test samples
  ${mipnet} predict NET.onnx ROWS.csv
                               classes and scores of rows of your own
  ${mipnet} report last         a page about the run
  ${mipnet} verify NET.onnx --images 0..9 --epsilon 0.02
                               what of it can be proven
  ${mipnet} train --help        plans, presets and settings

Progress goes to stderr, results to stdout. Exit codes: 0 done, 1 failed, 2 bad input, 3 stopped early with a network.`;

function program(finish: Finish): Command {
  const mipnet = new Command('mipnet')
    .description('Train and certify neural networks by mixed-integer programming, on as many machines as you give it.')
    .version(version)
    .exitOverride()
    // Two lines of commander (the error and a suggestion) become one line.
    .configureOutput({
      outputError: (text, write) =>
        write(
          `mipnet: ${text
            .trim()
            .replace(/^error: /, '')
            .replace(/\n+/g, ' ')}\n`,
        ),
    })
    .addHelpText('after', () => firstSteps(mipnetCommand()))
    .hook('preAction', () => tightenFolders(mipnetPaths()));

  addNetworkCommands(mipnet, finish);
  addStackCommands(mipnet, finish);
  addRunCommands(mipnet, finish);
  mipnet.command('test').description('run all tests; it is handled by the launcher ./mipnet');
  return mipnet;
}

// A reader that needs no more lines (`mipnet --help | head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

process.exitCode = await main();
