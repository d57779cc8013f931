// Tested by ../e2e/sweep.e2e.test.ts.
import { mipnetCommand } from '@mipnet/text';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { presetNames } from '../plan/presets.js';
import { collect, engine, priority, slots, solver, store, wholeNumber, type Finish } from './options.js';

const folds = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 2 || value > 100) throw new InvalidArgumentError('Give 2 to 100.');
  return value;
};

const afterSweep = (mipnet: string): string => `
Values are a list (4,8,16), whole numbers (1..5), or numbers at equal distances
(lin:0..1:5) or ratios (log:1e-3..1e2:6).

Examples:
  ${mipnet} sweep plans/heart.yaml --vary objectives.0.fit.margin=4,8,16 --repeat dataset.splitSeed=0..9
  ${mipnet} sweep PLAN.yaml --vary objectives.0.fit.sparsity=log:0.1..10:5 --folds 5 --out net.onnx
  ${mipnet} sweep SWEEP.yaml --json

docs/sweep.md explains how settings are compared and what is trained at the end.`;

const repeated = (flags: string, about: string): Option =>
  new Option(flags, `${about}; may be repeated`).argParser(collect).default([], 'none');

/** `mipnet sweep` */
export function addSweepCommand(mipnet: Command, finish: Finish): void {
  mipnet
    .command('sweep')
    .description('train a plan with many settings as one run, choose on validation rows, and train the best setting')
    .argument('[source]', 'plan or sweep (.yaml, .yml, .json), or data: a table, arrays, or images')
    .option('--preset <name>', `a plan that comes with mipnet: ${presetNames().join(', ')}`)
    .addOption(repeated('--set <key=value>', 'change one key of the plan in all settings'))
    .addOption(repeated('--vary <key=values>', 'values of a key; every combination is one setting'))
    .addOption(
      repeated('--repeat <key=values>', 'train every setting once per value: other draws (seed), or other test rows'),
    )
    .addOption(
      new Option('--folds <n>', 'cross-validation on the training rows instead of validation rows').argParser(folds),
    )
    .addOption(
      new Option(
        '--halving <by>',
        'what earlier rounds use less of; by default none for up to 8 settings, otherwise rows',
      ).choices(['none', 'rows', 'limits']),
    )
    .addOption(repeated('--final <key=value>', 'change one key of the plan in the last round; none: no last round'))
    .option('--dataset <name>', 'short for --set dataset.name=NAME')
    .option('--class <column>', 'of a table: name or number of the class column')
    .option('--test <file>', 'a separate file for the test rows; otherwise a fifth of the rows is held out')
    .option('--out <file>', 'where to write the network (ONNX), if the last round trains one')
    .option('--json', 'print one JSON document instead of text')
    .addOption(engine())
    .addOption(store())
    .addOption(slots())
    .addOption(solver())
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--detach', 'start the run on a kept stack or a cluster and return at once')
    .addOption(new Option('--priority <n>', 'among runs that share workers: 1 goes first, 5 last').argParser(priority))
    .addHelpText('after', () => afterSweep(mipnetCommand()))
    .action(async (plan: string | undefined, options) => {
      const { sweep } = await import('../commands/sweep.js');
      finish(await sweep({ plan, ...options }));
    });
}
