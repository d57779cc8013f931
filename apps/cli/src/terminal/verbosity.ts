// Tested by progress-display.unit.test.ts and ../e2e/progress.e2e.test.ts.
import { Option, type Command } from 'commander';

/** How much a command says on stderr about its work. */
export type Verbosity = 'quiet' | 'normal' | 'verbose';

let chosen: Verbosity = 'normal';

export const verbosity = (): Verbosity => chosen;

/** Commands that work for more than a moment. */
const working: readonly string[] = ['train', 'sweep', 'verify', 'watch', 'resume', 'compare', 'plan'];

/** Gives the working commands --quiet and --verbose. */
export function addVerbosity(mipnet: Command): void {
  for (const command of mipnet.commands.filter((one) => working.includes(one.name()))) {
    command
      .addOption(new Option('--quiet', 'say nothing on stderr but warnings and errors').conflicts('verbose'))
      .option('--verbose', 'a line for every MIP that begins, improves or changes its step')
      .hook('preAction', (_, action) => {
        const { quiet, verbose } = action.opts<{ quiet?: boolean; verbose?: boolean }>();
        chosen = quiet ? 'quiet' : verbose ? 'verbose' : 'normal';
      });
  }
}
