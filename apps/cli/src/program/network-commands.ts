// Tested by ../e2e/test-rows.e2e.test.ts and ../e2e/verify.e2e.test.ts.
import { Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';
import { presetNames } from '../plan/presets.js';
import {
  networkOutput,
  amount,
  collect,
  dataOptions,
  engine,
  exportFormats,
  priority,
  seconds,
  secondsOrNone,
  slotCount,
  slots,
  solver,
  store,
  type Finish,
} from './options.js';
import { mipnetCommand } from '@mipnet/text';
import { addSweepCommand } from './sweep-command.js';

const afterTrain = (mipnet: string): string => `
Examples:
  ${mipnet} train TABLE.csv --class COLUMN --out net.onnx
  ${mipnet} train --set dataset.perClass=10 --set seed=1 --out net.onnx
  ${mipnet} train PLAN.yaml --json

Ctrl-C stops the run and writes the best network so far; a second Ctrl-C leaves
at once. docs/train.md lists the keys of a plan.`;

/** Of a network that others trained on normalised inputs: what its file does not do. */
const mean = ['--mean <numbers>', 'the file takes (x - mean) / std: one number, or one per channel'] as const;
const std = ['--std <numbers>', 'the same for the standard deviation'] as const;
const scale = ['--scale <numbers>', 'x is multiplied by it first, such as 255'] as const;

const source = 'plan (.yaml, .yml, .json), or data: a table, arrays, or images';

/** Commands about networks: train, plan, evaluate, verify, check, encode, predict, export, compare. */
export function addNetworkCommands(mipnet: Command, finish: Finish): void {
  mipnet
    .command('train')
    .description(
      'train a network from a plan, a preset, or data for which a plan is chosen; without any of them, the quick start',
    )
    .argument('[source]', source)
    .option('--preset <name>', `a plan that comes with mipnet: ${presetNames().join(', ')}`)
    .addOption(
      new Option('--set <key=value>', 'change one key of the plan; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--dataset <name>', 'short for --set dataset.name=NAME')
    .option('--class <column>', 'of a table: name or number of the class column')
    .option('--test <file>', 'a separate file for the test rows; otherwise a fifth of the rows is held out')
    .option('--plan-out <file>', 'where to write the plan (YAML), to edit it and train again')
    .option('--out <file>', 'where to write the network (ONNX)')
    .option('--json', 'print one JSON document instead of text')
    .addOption(engine())
    .addOption(store())
    .addOption(slots())
    .addOption(solver())
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--detach', 'start the run on a kept stack or a cluster and return at once')
    .addOption(new Option('--priority <n>', 'among runs that share workers: 1 goes first, 5 last').argParser(priority))
    .addHelpText('after', () => afterTrain(mipnetCommand()))
    .action(async (plan: string | undefined, options) => {
      const { train } = await import('../commands/train.js');
      finish(await train({ plan, ...options }));
    });

  mipnet
    .command('plan')
    .description('print how many MIPs a plan divides into and what they will cost, without starting a run')
    .argument('[source]', source)
    .option('--preset <name>', `a plan that comes with mipnet: ${presetNames().join(', ')}`)
    .addOption(
      new Option('--set <key=value>', 'change one key of the plan; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--dataset <name>', 'short for --set dataset.name=NAME')
    .option('--class <column>', 'of a table: name or number of the class column')
    .option('--test <file>', 'a separate file for the test rows')
    .option('--plan-out <file>', 'where to write the plan (YAML)')
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .addOption(new Option('--price <amount>', 'price of one solver slot per hour, in any currency').argParser(amount))
    .addOption(
      new Option(
        '--sample <time>',
        'longest time to solve one MIP of each type, to measure: 10s, 1m, or 0 for no measurement',
      )
        .argParser(secondsOrNone)
        .default(10, '10s'),
    )
    .option('--json', 'print one JSON document instead of text')
    .action(async (file: string | undefined, options) => {
      const { plan } = await import('../commands/plan.js');
      finish(await plan({ plan: file, ...options }));
    });

  addSweepCommand(mipnet, finish);

  dataOptions(
    mipnet
      .command('evaluate')
      .description('print the accuracy of a network on the test samples of its run, or on others')
      .argument('<network>', 'network file (ONNX)'),
  )
    .addOption(networkOutput())
    .option('--json', 'print one JSON document instead of text')
    .action(async (network: string, options) => {
      const { evaluate } = await import('../commands/evaluate.js');
      finish(await evaluate(network, options));
    });

  dataOptions(
    mipnet
      .command('verify')
      .description('prove that inputs near an image or row keep its class, or that a property holds; or find a witness')
      .argument('<network>', 'network file (ONNX)'),
  )
    .option('--images <numbers>', 'test images: 0..99 or 3,5,8')
    .option('--rows <numbers>', 'the same for rows of a table')
    .option('--input <file>', 'rows of X.npy or of a table, instead of test rows')
    .option('--labels <file>', 'y.npy: their classes from 0 (default: those that the network gives them)')
    .option(
      '--epsilon <distance>',
      'how far an input may move: 0.1 (pixels are 0..1), 8/255; for a table also 0.1sd, age=2,job=any',
    )
    .option(
      '--epsilons <list>',
      'several distances, for a curve of certified accuracy: 0.01,0.02,0.05 or 0.01..0.1:10 (FROM..TO:COUNT)',
    )
    .addOption(new Option('--norm <name>', 'how distance is measured').choices(['linf', 'l1', 'l2']).default('linf'))
    .addOption(
      new Option(
        '--goal <name>',
        'feasibility: can another class win? closest: how near? targeted: can class (label + 5) mod 10 win by a fifth?',
      )
        .choices(['feasibility', 'closest', 'targeted'])
        .default('feasibility'),
    )
    .option('--weights <file>', 'JSON array: the weight of each input in the distance')
    .option(...mean)
    .option(...std)
    .option(...scale)
    .option('--vnnlib <file>', 'a VNN-LIB property instead of images, plain or gzip')
    .option(
      '--certificate <file>',
      'for one question: write what `check` accepts about the verdict (.json, or .gz), and the question beside it',
    )
    .addOption(
      new Option('--time-limit <time>', 'for each image, row or property: 120, 30s, 2m')
        .argParser(seconds)
        .default(120, '120s'),
    )
    .addOption(
      new Option(
        '--engine <name>',
        'auto: Temporal if a server is running or there are many questions, otherwise this process',
      )
        .choices(['auto', 'temporal', 'local'])
        .default('auto'),
    )
    .addOption(store())
    .addOption(slots())
    .addOption(solver())
    .addOption(networkOutput())
    .option('--out <folder>', 'where to write witnesses (.npy and .png)')
    .option('--json', 'print one JSON document instead of text')
    .action(async (network: string, options) => {
      const { verify } = await import('../commands/verify.js');
      finish(await verify(network, options));
    });

  mipnet
    .command('check')
    .description('check a certificate that verify wrote, by a program that shares no code with it')
    .argument('<certificate>', 'certificate file (.json, or packed)')
    .argument('<network>', 'network file (ONNX)')
    .argument('<property>', 'VNN-LIB property')
    .option('--json', 'print one JSON document instead of text')
    .action(async (certificate: string, network: string, property: string, options) => {
      const { check } = await import('../commands/check.js');
      finish(await check(certificate, network, property, options));
    });

  dataOptions(
    mipnet
      .command('encode')
      .description('write a trained network, or one MIP of a training, for other solvers')
      .argument('<file>', 'network file (ONNX), or plan file (YAML)'),
  )
    .addOption(networkOutput())
    .option('--out <file>', 'model.mps or model.lp')
    .option('--part <name>', 'of a plan: which MIP; without it the names are printed')
    .option(
      '--formulation <name>',
      'of the relu layers: big-m (the default), extended, convex-hull or partition(N); one for all, or one per ' +
        'layer, separated by commas',
    )
    .option(
      '--images <number>',
      'the test image around which inputs lie (default: all inputs 0..1; of a table, the range of the training rows)',
    )
    .option('--rows <number>', 'the same for a row of a table')
    .option('--input <file>', 'rows of X.npy or of a table, instead of test rows')
    .option('--labels <file>', 'y.npy: their classes from 0 (default: those that the network gives them)')
    .option('--vnnlib <file>', 'the inputs of a VNN-LIB property instead, plain or gzip')
    .option(...mean)
    .option(...std)
    .option(...scale)
    .option('--box <bounds>', 'LOW,HIGH for every input, or a JSON file of one pair [low, high] per input')
    .option('--epsilon <distance>', 'how far from the image or row, as for verify')
    .addOption(new Option('--norm <name>', 'how distance is measured').choices(['linf', 'l1']).default('linf'))
    .option('--json', 'print one JSON document instead of text')
    .action(async (file: string, options) => {
      const { encode } = await import('../commands/encode.js');
      finish(await encode(file, options));
    });

  mipnet
    .command('predict')
    .description('print the class and the scores of each row of a table or an array, or of each image')
    .argument('<network>', 'network file (ONNX)')
    .argument(
      '<rows>',
      'table (.csv, also .csv.gz), NumPy array (.npy), or images: a PNG file, a folder of them, an IDX file',
    )
    .addOption(networkOutput())
    .option('--out <file>', 'Y.csv: classes and scores; Y.npy: numbers of the classes (default: CSV to stdout)')
    .option('--scores', 'with --out Y.npy: write the scores instead of the classes')
    .option('--json', 'print one JSON document instead of CSV')
    .action(async (network: string, rows: string, options) => {
      const { predict } = await import('../commands/predict.js');
      finish(await predict(network, rows, options));
    });

  mipnet
    .command('export')
    .description('write a network as a program that needs no library')
    .argument('<network>', 'network file (ONNX)')
    .addOption(new Option('--format <name>', 'c: one file of C99').choices(exportFormats).makeOptionMandatory())
    .requiredOption('--out <file>', 'where to write it, such as net.c')
    .action(async (network: string, options) => {
      const { exportNetwork } = await import('../commands/export.js');
      finish(await exportNetwork(network, options));
    });

  mipnet
    .command('compare')
    .description('measure which MIP formulation and which bounds solve questions about trained networks fastest')
    .argument('[plan]', 'plan of the study (YAML; default: plans/compare/encodings.yaml)')
    .addOption(
      new Option('--set <key=value>', 'change one key of the plan; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--out <folder>', "folder for results, in which earlier ones are found (default: a folder of mipnet's own)")
    .option('--again', 'measure all instances again')
    .addOption(
      new Option('--slots <n>', 'instances measured at once')
        .argParser(slotCount)
        .default(availableParallelism(), 'the cores of this machine'),
    )
    .option('--data <folder>', 'folder that holds data sets, such as mnist/')
    .option('--json', 'print one JSON document instead of text')
    .action(async (plan: string | undefined, options) => {
      const { compare } = await import('../commands/compare.js');
      finish(await compare({ plan, ...options }));
    });
}
