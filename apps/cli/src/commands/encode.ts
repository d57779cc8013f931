// Tested by ../e2e/test-rows.e2e.test.ts.
import { forward, hasBends, type Network } from '@mipnet/network';
import { writeModel, type ModelFormat } from '@mipnet/solver';
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

export interface EncodeOptions extends RowOptions {
  readonly formulation: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `mipnet encode NET.onnx --out model.mps`: the network as a MIP that other solvers read. */
export async function encode(file: string, options: EncodeOptions): Promise<number> {
  const format = formatOf(options.out);
  const formulations = options.formulation.split(',').map((name) => parseFormulation(name.trim()));
  const network = await readNetwork(file);
  const out = await checkOut(options.out);
  if (!network.layers.some(hasBends) && formulations.some((name) => name !== 'big-m')) {
    say(`--formulation ${options.formulation} has no effect: it is about relu layers, and ${file} has none`);
  }
  const { region, minimise } = await asked(network, file, options);
  const named = networkModel(network, region, formulations, minimise);
  await writeFile(out, await writeModel(named.model, named.columnNames, format));
  const { model } = named;
  const size = {
    columns: model.columnCount,
    rows: model.rowCount,
    nonZeros: model.indices.length,
    integers: model.integer.reduce((sum, flag) => sum + flag, 0),
  };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ network: file, formulation: formulations.join(','), file: out, size }, null, 2)}\n`
      : `${out}: ${size.columns} columns (${size.integers} integer), ${size.rows} rows, ${size.nonZeros} non-zeros\n`,
  );
  return exitCode.done;
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
  if (options.images === undefined && options.rows === undefined) {
    if (options.epsilon !== undefined)
      throw new CliError('bad-input', '--epsilon is a distance from an image or row; give --images or --rows, too');
    return { region: allInputs(network, tableInputsIn(network, file)?.columns) };
  }
  const { rows, columns } = await chosenRows(network, file, options, say);
  if (rows.length !== 1)
    throw new CliError(
      'bad-input',
      `${options.rows === undefined ? '--images' : '--rows'} ${options.rows ?? options.images}: a model has one image ` +
        'or row; give one number',
    );
  const [{ values, label }] = rows;
  const region = regionOf(movingOf(options, columns), values);
  const scores = forward(network, values, 1);
  if (scores.length === 1)
    return { region, minimise: { coefficients: Float64Array.of(label === 1 ? 1 : -1), constant: 0 } };
  const second = scores.reduce((best, score, j) => (j !== label && (best < 0 || score > scores[best]) ? j : best), -1);
  return {
    region,
    minimise: { coefficients: scores.map((_, j) => (j === label ? 1 : j === second ? -1 : 0)), constant: 0 },
  };
}

function formatOf(out: string): ModelFormat {
  const format = /\.(mps|lp)$/i.exec(out)?.[1].toLowerCase();
  if (format === 'mps' || format === 'lp') return format;
  throw new CliError('bad-input', `--out ${out}: the name selects the format; it must end in .mps or .lp`);
}
