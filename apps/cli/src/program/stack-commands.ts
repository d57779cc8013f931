// Tested by ../e2e/stack.e2e.test.ts and ../e2e/autoscale.e2e.test.ts.
import { Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';
import { seconds, slotCount, slots, solvers, store, wholeNumber, type Finish } from './options.js';

/** Commands about servers and workers: up, down, worker, autoscale. */
export function addStackCommands(mipnet: Command, finish: Finish): void {
  mipnet
    .command('up')
    .description('start Temporal, its UI and workers on this machine, and keep them running')
    .addOption(store())
    .addOption(slots())
    .addOption(solvers('a solver that its workers have besides highs'))
    .action(async (options) => {
      const { upCommand } = await import('../commands/up-down.js');
      finish(await upCommand(options));
    });

  mipnet
    .command('down')
    .description('stop the server and workers that up started')
    .action(async () => {
      const { downCommand } = await import('../commands/up-down.js');
      finish(await downCommand());
    });

  mipnet
    .command('worker')
    .description('run one worker process for a Temporal server (TEMPORAL_ADDRESS and so on)')
    .addOption(
      new Option('--role <role>', 'orchestrator divides and merges, solver solves')
        .choices(['orchestrator', 'solver'])
        .default('solver'),
    )
    .addOption(store())
    .addOption(slots())
    .addOption(solvers('a solver it has; MIPs of others are left to other workers'))
    .action(async (options) => {
      const { workerCommand } = await import('../commands/worker.js');
      finish(await workerCommand(options));
    });

  mipnet
    .command('autoscale')
    .description('keep as many solver workers as the work needs; removed workers finish their solves')
    .addOption(
      new Option(
        '--provider <name>',
        'who starts the workers: this machine, Kubernetes, or none (only serve their number)',
      )
        .choices(['local', 'kubernetes', 'none'])
        .default('local'),
    )
    .addOption(new Option('--min <n>', 'workers kept without work').argParser(wholeNumber).default(0))
    .addOption(
      new Option('--max <n>', 'workers never exceeded')
        .argParser(slotCount)
        .default(availableParallelism(), 'the cores of this machine'),
    )
    .addOption(new Option('--slots <n>', 'MIPs one worker solves at once').argParser(slotCount).default(1))
    .addOption(solvers('a solver that the workers have, whose MIPs are counted'))
    .addOption(
      new Option('--interval <time>', 'pause between two readings of the demand: 2s, 500ms, 1m')
        .argParser(seconds)
        .default(2, '2s'),
    )
    .addOption(
      new Option('--cool-down <time>', 'how long there must be too many workers before one is removed')
        .argParser(seconds)
        .default(30, '30s'),
    )
    .option('--listen <host:port>', 'where to serve /metrics/desired, /metrics and /healthz, or off', '127.0.0.1:9477')
    .option('--grpc <host:port>', "where to serve KEDA's external scaler interface, or off", 'off')
    .option('--deployment <name>', 'kubernetes: the Deployment of solver workers', 'mipnet-solver')
    .option('--namespace <name>', 'kubernetes: its namespace')
    .addOption(store())
    .action(async (options) => {
      const { autoscaleCommand } = await import('../commands/autoscale.js');
      finish(await autoscaleCommand(options));
    });
}
