// Tested by ../e2e/test-rows.e2e.test.ts.
import { forward, hasBends, type Network } from '@mipnet/network';
import { writeModel } from '@mipnet/solver';
import {
  boxRegion,
  networkModel,
  parseFormulation,
  readVnnlib,
  type OutputRow,
  type Region,
} from '@mipnet/verification';
import { writeFile } from 'node:fs/promises';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import {
  readNetworkFile,
  tableInputsIn,
  transformationIn,
  transformationNote,
  type NetworkFileOptions,
} from '@mipnet/runs/records';
import { requireWholeModel } from '../questions/whole-model.js';
import { allInputs } from '../questions/all-inputs.js';
import { chosenRows, type RowOptions } from '../questions/chosen-rows.js';
import { givenBox } from '../questions/given-box.js';
import { normalised, type NormalisationOptions } from '../questions/normalisation.js';
import { propertyFor } from '../questions/property-question.js';
import { movingOf, regionOf } from '../questions/row-question.js';
import { say } from '../terminal/say.js';
import { checkOut } from '../program/check-out.js';
import { encodePart, type EncodePartOptions } from './encode-part.js';
import { formatOf, sizeOfModel, sizeText, type ModelFileSize } from './model-file.js';

export interface EncodeOptions extends RowOptions, NetworkFileOptions, NormalisationOptions {
  /** Of the relu layers of a network; big-m if absent. */
  readonly formulation?: string;
  /** A property file, whose bounds the inputs get. */
  readonly vnnlib?: string;
  /** Bounds of the inputs: see given-box.ts. */
  readonly box?: string;
  /** Of a plan. */
  readonly part?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What `encode NET.onnx --json` prints: part of the command's contract. */
export interface EncodeReport {
  readonly network: string;
  readonly formulation: string;
  /** The model that was written. */
  readonly file: string;
  readonly size: ModelFileSize;
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
  const { network, ending, notes } = normalised(file, await readNetworkFile(file, options), options);
  if (options.vnnlib !== undefined) requireWholeModel(file, ending);
  notes.forEach(say);
  if (transformationIn(network, file) !== undefined) say(transformationNote(file));
  const out = await checkOut(options.out);
  if (!network.layers.some(hasBends) && formulations.some((name) => name !== 'big-m')) {
    say(`--formulation ${formulation} has no effect: it is about relu layers, and ${file} has none`);
  }
  const { region, minimise } = await asked(network, file, options);
  const named = networkModel(network, region, formulations, minimise);
  await writeFile(out, await writeModel(named.model, named.columnNames, format));
  const size = sizeOfModel(named.model);
  const report: EncodeReport = { network: file, formulation: formulations.join(','), file: out, size };
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${out}: ${sizeText(size)}\n`);
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
      'vnnlib',
      'box',
      'mean',
      'std',
      'scale',
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

interface AskedModel {
  readonly region: Region;
  readonly minimise?: OutputRow;
}

/**
 * The inputs of a property: of several cases, the smallest box around all of them. If it is about one linear function
 * of the outputs alone, the model minimises how far that stays from unsafe.
 */
async function ofProperty(network: Network, file: string, vnnlib: string): Promise<AskedModel> {
  const { cases, rowsOn } = propertyFor(network, file, { property: await readVnnlib(vnnlib), vnnlib });
  const [first, ...others] = cases;
  if (first === undefined)
    throw new CliError('bad-input', `${vnnlib} has no input: its cases contradict themselves, so there is no model`);
  const [lower, upper] = [first.box.lower.slice(), first.box.upper.slice()];
  for (const { box } of others)
    for (let i = 0; i < lower.length; i++) {
      lower[i] = Math.min(lower[i], box.lower[i]);
      upper[i] = Math.max(upper[i], box.upper[i]);
    }
  if (others.length > 0) say(`${vnnlib} has ${cases.length} cases: the model has the smallest box around their inputs`);
  const [row, ...rows] = cases.flatMap((one) => one.rows);
  if (row === undefined || rows.length > 0 || rowsOn !== 'outputs') return { region: boxRegion(lower, upper) };
  return {
    region: boxRegion(lower, upper),
    minimise: { coefficients: row.coefficients.map((coefficient) => -coefficient), constant: -row.constant },
  };
}

/**
 * Around an image or row: minimises the score of its class minus that of the runner-up. Without one: all inputs 0..1,
 * or for a table the range of its training rows, no objective.
 */
async function asked(network: Network, file: string, options: EncodeOptions): Promise<AskedModel> {
  const named = (['vnnlib', 'box', 'images', 'rows', 'input'] as const).filter((name) => options[name] !== undefined);
  const own = named.find((name) => name === 'vnnlib' || name === 'box');
  if (own !== undefined) {
    const clash = [...named, ...(options.epsilon === undefined ? [] : ['epsilon'])].find((name) => name !== own);
    if (clash !== undefined)
      throw new CliError('bad-input', `--${own} says by itself what the inputs may be; leave out --${clash}`);
    return own === 'box'
      ? { region: await givenBox(options.box!, network) }
      : ofProperty(network, file, options.vnnlib!);
  }
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
