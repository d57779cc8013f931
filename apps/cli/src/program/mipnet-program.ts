// Tested by ../docs-commands.unit.test.ts.
import { mipnetCommand } from '@mipnet/text';
import { Command } from 'commander';
import { addNetworkCommands } from './network-commands.js';
import type { Finish } from './options.js';
import { addRunCommands } from './run-commands.js';
import { addStackCommands } from './stack-commands.js';
import { addVerbosity } from '../terminal/verbosity.js';
import { version } from './version.js';

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

Progress goes to stderr, results to stdout.
Exit codes: 0 done, 1 failed, 2 bad input, 3 stopped early with a network.`;

/** The command with its options; `finish` takes the exit code of the command that ran. */
export function mipnetProgram(finish: Finish): Command {
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
    // Arguments and options are in the help of a command; beside them its description has no room in 80 columns.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', () => firstSteps(mipnetCommand()));

  addNetworkCommands(mipnet, finish);
  addStackCommands(mipnet, finish);
  addRunCommands(mipnet, finish);
  addVerbosity(mipnet);
  mipnet.command('test').description('run all tests; it is handled by the launcher ./mipnet');
  return mipnet;
}
