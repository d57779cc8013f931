// Tested by ../e2e/test-rows.e2e.test.ts.
import { forward, hasBends, type Network } from '@mipnet/network';
import { writeModel } from '@mipnet/solver';
import { networkModel, parseFormulation, type OutputRow, type Region } from '@mipnet/verification';
import { writeFile } from 'node:fs/promises';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { readNetwork, tableInputsIn } from '@mipnet/runs/records';
import { allInputs } from '../questions/all-inputs.js';
import { chosenRows, type RowOptions } from '../questions/chosen-rows.js';
import { movingOf, regionOf } from '../questions/row-question.js';
import { say } from '../terminal/say.js';
import { checkOut } from '../program/check-out.js';
import { encodePart, type EncodePartOptions } from './encode-part.js';
import { formatOf, sizeOfModel, sizeText } from './model-file.js';

export interface EncodeOptions extends RowOptions {
  /** Of the relu layers of a network; big-m if absent. */
  readonly formulation?: string;
  /** Of a plan. */
  readonly part?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `mipnet encode NET.onnx --out model.mps`: the network, or a part of a plan, as a MIP that other solvers read. */
export async function encode(file: string, options: EncodeOptions): Promise<number> {
  if (/\.ya?ml$/i.test(file)) return encodePart(file, forPlan(file, options));
  if (options.part !== undefined)
    throw new CliError('bad-input', `--part is about a plan (PLAN.yaml), and ${file} is read as a network`);
  if (options.out === undefined) throw new CliError('bad-input', 'where to? give --out model.mps or model.lp');
  const format = formatOf(options.out);
  const { formulation = 'big-m' } = options;
  const formulations = formulation.split(',').map((name) => parseFormulation(name.trim()));
  const network = await readNetwork(file);
  const out = await checkOut(options.out);
  if (!network.layers.some(hasBends) && formulations.some((name) => name !== 'big-m')) {
    say(`--formulation ${formulation} has no effect: it is about relu layers, and ${file} has none`);
  }
  const { region, minimise } = await asked(network, file, options);
  const named = networkModel(network, region, formulations, minimise);
  await writeFile(out, await writeModel(named.model, named.columnNames, format));
  const size = sizeOfModel(named.model);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ network: file, formulation: formulations.join(','), file: out, size }, null, 2)}\n`
      : `${out}: ${sizeText(size)}\n`,
  );
  return exitCode.done;
}

/** @throws CliError 'bad-input' for an option that is about a network */
function forPlan(file: string, options: EncodeOptions): EncodePartOptions {
  const clash = (
    [
      'images',
      'rows',
      'input',
      'labels',
      'epsilon',
      'formulation',
      'file',
      'class',
      'test',
      'testFraction',
      'splitSeed',
    ] as const
  ).find((name) => options[name] !== undefined);
  if (clash === undefined) return options;
  const option = clash.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new CliError(
    'bad-input',
    `--${option} is about a trained network, and ${file} is a plan; leave it out, or change the plan by --set`,
  );
}

/**
 * Around an image or row: minimises the score of its class minus that of the runner-up. Without one: all inputs 0..1,
 * or for a table the range of its training rows, no objective.
 */
async function asked(
  network: Network,
  file: string,
  options: EncodeOptions,
): Promise<{ readonly region: Region; readonly minimise?: OutputRow }> {
  if (options.images === undefined && options.rows === undefined && options.input === undefined) {
    if (options.epsilon !== undefined)
      throw new CliError('bad-input', '--epsilon is a distance from an image or row; give --images or --rows, too');
    return { region: allInputs(network, tableInputsIn(network, file)?.columns) };
  }
  const chosen = await chosenRows(network, file, options, say);
  const { rows } = chosen;
  if (rows.length !== 1)
    throw new CliError(
      'bad-input',
      `a model has one image or row, and ${rows.length} are given; give one number by --rows or --images`,
    );
  const [{ values, label }] = rows;
  const region = regionOf(movingOf(options, chosen), values);
  const scores = forward(network, values, 1);
  if (scores.length === 1)
    return { region, minimise: { coefficients: Float64Array.of(label === 1 ? 1 : -1), constant: 0 } };
  const second = scores.reduce((best, score, j) => (j !== label && (best < 0 || score > scores[best]) ? j : best), -1);
  return {
    region,
    minimise: { coefficients: scores.map((_, j) => (j === label ? 1 : j === second ? -1 : 0)), constant: 0 },
  };
}
