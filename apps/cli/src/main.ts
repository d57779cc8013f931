import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { availableParallelism } from 'node:os';
import { exitCode, exitCodeOf } from './exit-code.js';
import { presetNames } from './presets.js';
import { version } from './version.js';

// Commands are imported when they run: `mipnet --help` loads nothing of Temporal, AWS or the solver.

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return value;
};
const slotCount = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give 1 or more.');
  return value;
};
const priority = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 1 || value > 5) throw new InvalidArgumentError('Give 1 (first) to 5 (last).');
  return value;
};
const seconds = (text: string): number => {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!parts || Number(parts[1]) === 0) throw new InvalidArgumentError('Give a time, such as 2s, 500ms or 1m.');
  return Number(parts[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[parts[2] ?? 's']!;
};
const secondsOrNone = (text: string): number => (text === '0' ? 0 : seconds(text));
const amount = (text: string): number => {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Give an amount, such as 0.05.');
  return Number(text);
};
const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

const firstSteps = `
First steps:
  ./mipnet train               learn digits by 45 small MIPs
  ./mipnet evaluate NET.onnx   its accuracy on all test samples
  ./mipnet train --help        plans, presets and settings

Progress goes to stderr, results to stdout. Exit codes: 0 done, 1 failed, 2 bad input, 3 stopped early with a network.`;

const afterTrain = `
Examples:
  ./mipnet train --set dataset.perClass=10 --set seed=1 --out net.onnx
  ./mipnet train --set dataset.name=csv --set dataset.file=TABLE.csv --set dataset.class=COLUMN
  ./mipnet train PLAN.yaml --json

Ctrl-C stops the run and writes the best network so far; a second Ctrl-C leaves at once. docs/train.md lists the keys
of a plan.`;

const slots = (): Option => new Option('--slots <n>', 'MIPs solved at once').argParser(slotCount).default(availableParallelism(), 'the cores of this machine');
const engine = (): Option => new Option('--engine <name>', 'what drives the run: a Temporal server, this process alone, or the first that can be had').choices(['auto', 'temporal', 'local']).default('auto');
const store = (): Option => new Option('--store <url>', 'object store: a folder or s3://bucket/prefix (default: $MIPNET_STORE, or a folder of mipnet\'s own)');

const run = 'the id of a run, the beginning of one, or last';

function program(finish: (code: number) => void): Command {
  const mipnet = new Command('mipnet')
    .description('Train and certify neural networks by mixed-integer programming, on as many machines as you give it.')
    .version(version)
    .exitOverride()
    // Two lines of commander (what, and what was perhaps meant) become one of ours.
    .configureOutput({ outputError: (text, write) => write(`mipnet: ${text.trim().replace(/^error: /, '').replace(/\n+/g, ' ')}\n`) })
    .addHelpText('after', firstSteps);

  mipnet.command('train')
    .description('train a network from a plan, a preset, or (without either) the quick start')
    .argument('[plan]', 'plan file (YAML)')
    .option('--preset <name>', `a plan that comes with mipnet: ${presetNames().join(', ')}`)
    .addOption(new Option('--set <key=value>', 'change one key of the plan; may be repeated').argParser(collect).default([], 'none'))
    .option('--dataset <name>', 'short for --set dataset.name=NAME')
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .addOption(engine())
    .addOption(store())
    .addOption(slots())
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--detach', 'start the run on a kept stack or a cluster and return at once')
    .addOption(new Option('--priority <n>', 'among runs that share workers: 1 goes first, 5 last').argParser(priority))
    .addHelpText('after', afterTrain)
    .action(async (plan: string | undefined, options) => {
      const { train } = await import('./commands/train.js');
      finish(await train({ plan, ...options }));
    });

  mipnet.command('plan')
    .description('what a plan divides into and what it will cost, before anything is started')
    .argument('[plan]', 'plan file (YAML)')
    .option('--preset <name>', `a plan that comes with mipnet: ${presetNames().join(', ')}`)
    .addOption(new Option('--set <key=value>', 'change one key of the plan; may be repeated').argParser(collect).default([], 'none'))
    .option('--dataset <name>', 'short for --set dataset.name=NAME')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .addOption(new Option('--price <amount>', 'of one solver slot for an hour, in any currency').argParser(amount))
    .addOption(new Option('--sample <time>', 'longest time to solve one MIP of each kind, to measure: 10s, 1m, or 0 for not at all').argParser(secondsOrNone).default(10, '10s'))
    .option('--json', 'print one JSON document instead of text')
    .action(async (file: string | undefined, options) => {
      const { plan } = await import('./commands/plan.js');
      finish(await plan({ plan: file, ...options }));
    });

  mipnet.command('evaluate')
    .description('accuracy of a network on all test samples of a data set')
    .argument('<network>', 'network file (ONNX)')
    .option('--dataset <name>', 'mnist, digits, adult, heart or csv (default: the one the network was trained on)')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--file <table>', 'csv only: the table')
    .option('--class <column>', 'csv only: name or number of the class column')
    .addOption(new Option('--split-seed <n>', 'heart and csv: which rows were held out').argParser(wholeNumber).default(0))
    .option('--json', 'print one JSON document instead of text')
    .action(async (network: string, options) => {
      const { evaluate } = await import('./commands/evaluate.js');
      finish(await evaluate(network, options));
    });

  mipnet.command('verify')
    .description('certified verdicts: is every input near an image classified like it, does a property hold')
    .argument('<network>', 'network file (ONNX)')
    .option('--dataset <name>', 'mnist, digits, adult, heart (default: the one the network was trained on)')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--images <numbers>', 'test images: 0..99 or 3,5,8')
    .option('--epsilon <distance>', 'how far an input may move; pixels are 0..1')
    .addOption(new Option('--norm <name>', 'how distance is measured').choices(['linf', 'l1']).default('linf'))
    .addOption(new Option('--goal <name>', 'feasibility: can another class win? closest: how near? targeted: can class (label + 5) mod 10 win by a fifth?').choices(['feasibility', 'closest', 'targeted']).default('feasibility'))
    .option('--weights <file>', 'JSON array: how much the distance of each input counts')
    .option('--vnnlib <file>', 'a VNN-LIB property instead of images, plain or gzip')
    .addOption(new Option('--time-limit <time>', 'for each image or property: 120, 30s, 2m').argParser(seconds).default(120, '120s'))
    .addOption(new Option('--engine <name>', 'auto: Temporal where a server is up or many questions are asked, else this process').choices(['auto', 'temporal', 'local']).default('auto'))
    .addOption(store())
    .addOption(slots())
    .option('--out <folder>', 'where to write witnesses (.npy and .png)')
    .option('--json', 'print one JSON document instead of text')
    .action(async (network: string, options) => {
      const { verify } = await import('./commands/verify.js');
      finish(await verify(network, options));
    });

  mipnet.command('encode')
    .description('write a trained network as a MIP for other solvers')
    .argument('<network>', 'network file (ONNX)')
    .requiredOption('--out <file>', 'model.mps or model.lp')
    .option('--formulation <name>', 'of the relu layers: big-m, extended, convex-hull or partition(N); one for all, or one for each with commas between', 'big-m')
    .option('--dataset <name>', 'mnist, digits, adult, heart (default: the one the network was trained on)')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--images <number>', 'the test image round which inputs lie (default: all inputs 0..1)')
    .option('--epsilon <distance>', 'how far from the image')
    .addOption(new Option('--norm <name>', 'how distance is measured').choices(['linf', 'l1']).default('linf'))
    .option('--json', 'print one JSON document instead of text')
    .action(async (network: string, options) => {
      const { encode } = await import('./commands/encode.js');
      finish(await encode(network, options));
    });

  mipnet.command('compare')
    .description('the comparative study: networks x formulations x bounds, measured on one kind of question')
    .argument('[plan]', 'plan of the study (YAML; default: plans/compare/encodings.yaml)')
    .addOption(new Option('--set <key=value>', 'change one key of the plan; may be repeated').argParser(collect).default([], 'none'))
    .option('--out <folder>', 'where results go and earlier ones are looked for (default: a folder of mipnet\'s own)')
    .option('--again', 'measure once more what was measured before')
    .addOption(new Option('--slots <n>', 'instances measured at once').argParser(slotCount).default(availableParallelism(), 'the cores of this machine'))
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--json', 'print one JSON document instead of text')
    .action(async (plan: string | undefined, options) => {
      const { compare } = await import('./commands/compare.js');
      finish(await compare({ plan, ...options }));
    });

  mipnet.command('up')
    .description('start Temporal, its UI and workers on this machine, and keep them')
    .addOption(store())
    .addOption(slots())
    .action(async (options) => {
      const { upCommand } = await import('./commands/up-down.js');
      finish(await upCommand(options));
    });

  mipnet.command('down')
    .description('stop what "mipnet up" started')
    .action(async () => {
      const { downCommand } = await import('./commands/up-down.js');
      finish(await downCommand());
    });

  mipnet.command('worker')
    .description('run one worker process for a Temporal server (TEMPORAL_ADDRESS and so on)')
    .addOption(new Option('--role <role>', 'orchestrator divides and merges, solver solves').choices(['orchestrator', 'solver']).default('solver'))
    .addOption(store())
    .addOption(slots())
    .action(async (options) => {
      const { workerCommand } = await import('./commands/worker.js');
      finish(await workerCommand(options));
    });

  mipnet.command('autoscale')
    .description('keep as many solver workers as the work needs; those that are removed finish what they solve')
    .addOption(new Option('--provider <name>', 'who runs the workers; none: whoever reads the endpoint').choices(['local', 'kubernetes', 'none']).default('local'))
    .addOption(new Option('--min <n>', 'workers kept without work').argParser(wholeNumber).default(0))
    .addOption(new Option('--max <n>', 'workers never exceeded').argParser(slotCount).default(availableParallelism(), 'the cores of this machine'))
    .addOption(new Option('--slots <n>', 'MIPs one worker solves at once').argParser(slotCount).default(1))
    .addOption(new Option('--interval <time>', 'pause between two looks: 2s, 500ms, 1m').argParser(seconds).default(2, '2s'))
    .addOption(new Option('--cool-down <time>', 'how long workers are too many before any is removed').argParser(seconds).default(30, '30s'))
    .option('--listen <host:port>', 'where to serve /metrics/desired, /metrics and /healthz, or off', '127.0.0.1:9477')
    .option('--deployment <name>', 'kubernetes: the Deployment of solver workers', 'mipnet-solver')
    .option('--namespace <name>', 'kubernetes: its namespace')
    .addOption(store())
    .action(async (options) => {
      const { autoscaleCommand } = await import('./commands/autoscale.js');
      finish(await autoscaleCommand(options));
    });

  mipnet.command('runs')
    .description('list runs, newest first')
    .addOption(new Option('--limit <n>', 'runs listed at most').argParser(slotCount).default(50))
    .option('--json', 'print one JSON document instead of text')
    .action(async (options) => {
      const { runs } = await import('./commands/runs.js');
      finish(await runs(options));
    });

  mipnet.command('watch')
    .description('show a run until it ends, then write its network and print its result as train does')
    .argument('<run>', run)
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .action(async (name: string, options) => {
      const { watch } = await import('./commands/watch.js');
      finish(await watch(name, options));
    });

  mipnet.command('pause')
    .description('begin no more MIPs of a run; those under way end')
    .argument('<run>', run)
    .action(async (name: string) => {
      const { pause } = await import('./commands/control-run.js');
      finish(await pause(name));
    });

  mipnet.command('resume')
    .description('go on with a paused run or one whose process died; or, with --from, start a new run from the network of one that ended')
    .argument('[run]', run)
    .option('--from <run>', 'a run that has ended: the new one has its problem and begins with its network')
    .addOption(new Option('--set <key=value>', 'with --from: change limits, budget or options of splits; may be repeated').argParser(collect).default([], 'none'))
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .addOption(engine())
    .addOption(slots())
    .option('--detach', 'with --from: start the run on a kept stack or a cluster and return at once')
    .addOption(new Option('--priority <n>', 'with --from: 1 goes first, 5 last').argParser(priority))
    .action(async (name: string | undefined, options) => {
      const { resume } = await import('./commands/control-run.js');
      finish(await resume(name, options));
    });

  mipnet.command('stop')
    .description('end a run early and keep its best network')
    .argument('<run>', run)
    .action(async (name: string) => {
      const { stop } = await import('./commands/control-run.js');
      finish(await stop(name));
    });

  mipnet.command('report')
    .description('write a page about a run that has ended, and print its path')
    .argument('<run>', run)
    .option('--out <file>', 'where to write the page (HTML)')
    .action(async (name: string, options) => {
      const { report } = await import('./commands/report.js');
      finish(await report(name, options));
    });

  mipnet.command('test').description('run all tests; it is handled by the launcher ./mipnet');
  return mipnet;
}

async function main(): Promise<number> {
  let code: number = exitCode.done;
  try {
    const mipnet = program((result) => (code = result));
    if (process.argv.length <= 2) mipnet.outputHelp();
    else await mipnet.parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`mipnet: ${message}\n`);
    if (process.env.MIPNET_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
    return exitCodeOf(error);
  }
}

// A reader that has seen enough (`mipnet --help | head`) closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

process.exitCode = await main();
