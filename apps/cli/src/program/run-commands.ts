// Tested by ../e2e/runs.e2e.test.ts.
import type { RunStatus } from '@mipnet/runs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CliError } from './cli-error.js';
import { collect, engine, priority, slotCount, slots, type Finish } from './options.js';

const statusNames: readonly RunStatus[] = [
  'running',
  'paused',
  'stopping',
  'completed',
  'stopped',
  'failed',
  'lost',
  'unreachable',
];

function statuses(text: string): RunStatus[] {
  return text.split(',').map((name) => {
    const known = statusNames.find((status) => status === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`Give some of ${statusNames.join(', ')}.`);
    return known;
  });
}

const run = 'the id of a run, a unique beginning of it, or last';

/** Commands about runs: runs, watch, pause, resume, stop, report. */
export function addRunCommands(mipnet: Command, finish: Finish): void {
  mipnet
    .command('runs')
    .description('list runs, newest first')
    .addOption(new Option('--limit <n>', 'runs listed at most').argParser(slotCount).default(50))
    .addOption(
      new Option('--status <names>', `only runs of these, such as running,paused: ${statusNames.join(', ')}`).argParser(
        statuses,
      ),
    )
    .addOption(new Option('--csv', 'print CSV instead of text').conflicts('json'))
    .option('--json', 'print one JSON document instead of text')
    .action(async (options) => {
      const { runs } = await import('../commands/runs.js');
      finish(await runs(options));
    });

  mipnet
    .command('watch')
    .description('show a run until it ends, then write its network and print its result as train does')
    .argument('<run>', run)
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .action(async (name: string, options) => {
      const { watch } = await import('../commands/watch.js');
      finish(await watch(name, options));
    });

  mipnet
    .command('pause')
    .description('start no new MIPs of a run; running ones finish')
    .argument('<run>', run)
    .action(async (name: string) => {
      const { pause } = await import('../commands/control-run.js');
      finish(await pause(name));
    });

  mipnet
    .command('resume')
    .description(
      'continue a paused run or one whose process died; or, with --from, start a new run from the network ' +
        'of one that ended',
    )
    .argument('[run]', run)
    .option('--from <run>', 'a run that has ended: the new one has its problem and begins with its network')
    .addOption(
      new Option('--set <key=value>', 'with --from: change limits, budget or options of splits; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .addOption(engine())
    .addOption(slots())
    .option('--detach', 'with --from: start the run on a kept stack or a cluster and return at once')
    .addOption(new Option('--priority <n>', 'with --from: 1 goes first, 5 last').argParser(priority))
    .action(async (name: string | undefined, options) => {
      if ((name === undefined) === (options.from === undefined))
        throw new CliError('bad-input', 'give a run to continue, or --from and a run that has ended');
      const { resume } = await import('../commands/resume.js');
      const { resumeFrom } = await import('../commands/resume-from.js');
      finish(await (name === undefined ? resumeFrom(options.from, options) : resume(name, options)));
    });

  mipnet
    .command('stop')
    .description('end a run early and keep its best network')
    .argument('<run>', run)
    .action(async (name: string) => {
      const { stop } = await import('../commands/control-run.js');
      finish(await stop(name));
    });

  mipnet
    .command('report')
    .description('write a page about a run, or about several runs that are compared, and print its path')
    .argument('<run...>', 'ids of runs, unique beginnings of them, or last: the last training or sweep')
    .option('--out <file>', 'where to write the page (HTML)')
    .option('--follow', 'write the page again and again until the run has ended')
    .action(async (names: readonly string[], options) => {
      const { report } = await import('../commands/report.js');
      finish(await report(names, options));
    });
}
