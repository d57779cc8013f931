#!/usr/bin/env node
// Tested by e2e/vnnlib.e2e.test.ts.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode, exitCodeOf } from './program/exit-code.js';
import { version } from './program/version.js';
import { errorLine } from './terminal/error-line.js';
import { say } from './terminal/say.js';
import { supports } from './vnnlib/supports.js';
import type { PropertyOptions } from './vnnlib/verify-property.js';

// The command line of solvers in chapter 5 of the VNN-LIB 2.0 standard: results on stdout, all else on stderr.

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError('Give seconds, such as 60.');
  return value;
};
const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

function program(): Command {
  const main = new Command('mipnet-vnnlib')
    .description('Verify VNN-LIB properties of neural networks, by the command line of the VNN-LIB 2.0 standard.')
    .option('--name', 'print the name of the solver')
    .version(version, '--version', 'print its version')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `mipnet-vnnlib: ${text
            .trim()
            .replace(/^error: /, '')
            .replace(/\n+/g, ' ')}\n`,
        ),
    })
    .action(({ name }: { name?: true }) => {
      if (name) process.stdout.write('mipnet\n');
      else main.outputHelp();
    });
  main
    .command('verify')
    .description('print sat and a witness, unsat, unknown or timed-out')
    .argument('<property>', 'a VNN-LIB file, 1.0 or 2.0, plain or gzip')
    .option('--network <name=file>', 'the ONNX file of a network that the property declares; repeatable', collect, [])
    .option('--timeout <seconds>', 'limit for everything', seconds, 3600)
    .option('--results <file>', "also write the result and the witness as VNN-COMP's results file")
    .action(async (file: string, options: PropertyOptions) => {
      // Imported when needed: `supports` loads no solver.
      const { verifyProperty } = await import('./vnnlib/verify-property.js');
      process.stdout.write(await verifyProperty(file, options));
    });
  main
    .command('supports')
    .description('print what can be verified: --onnx-operators, --vnnlib-versions, ...')
    .argument('[capability]')
    .allowUnknownOption()
    .action((capability: string | undefined) => {
      process.stdout.write(supports(capability));
    });
  return main;
}

async function main(): Promise<number> {
  try {
    await program().parseAsync();
    return exitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    say(`mipnet-vnnlib: ${errorLine(error)}`);
    return exitCodeOf(error);
  }
}

process.exitCode = await main();
