import { encodeTrained, type ReluFormulation } from '@mipnet/encoding';
import { columnTimes, type Model } from '@mipnet/mip';
import { hasBends, type Network } from '@mipnet/network';
import { encodeRegion } from './encode-region.js';
import { isModest, largestModel, modelSizeOf, sizeText } from './model-size.js';
import type { OutputRow } from './query.js';
import type { Region } from './region.js';
import { VerificationError } from './verification-error.js';

/** A model for other programs: its columns have names. */
export interface NamedModel {
  readonly model: Model;
  /** x0, x1, ...: inputs that are not fixed; y0, y1, ...: outputs; z: binaries; h: everything else. */
  readonly columnNames: readonly string[];
}

/**
 * A trained network on a region as a MIP, whose outputs are columns, too.
 * @param formulations one for all relu layers (piecewise linear activations without jumps are built from relus), or one
 *   per relu layer in order
 * @param minimise nothing if absent
 * @throws VerificationError 'query' for another number of formulations than relu layers, 'unsupported' for a model that
 *   would take gigabytes
 */
export function networkModel(
  network: Network,
  region: Region,
  formulations: readonly ReluFormulation[] = ['big-m'],
  minimise?: OutputRow,
): NamedModel {
  const size = modelSizeOf(network);
  if (!isModest(size))
    throw new VerificationError(
      'unsupported',
      `the MIP of the network would be ${sizeText(size)}; at most ${sizeText(largestModel)} are written`,
    );
  const { builder, inputColumns, outputs } = encodeTrained(network, region.box, {
    layerFormulations: ofLayers(network, formulations),
    inputs: region,
  });
  encodeRegion(builder, { region, unsafe: [], goal: 'any' }, inputColumns);
  const outputColumns = outputs.map(({ expression, lower, upper }, j) => {
    const column = builder.column(lower, upper, { cost: minimise?.coefficients[j] ?? 0 });
    builder.rowOf(0, [expression, columnTimes(column)], [1, -1], 0);
    return column;
  });
  builder.addOffset(minimise?.constant ?? 0);
  const model = builder.build();
  const columnNames = Array.from(model.integer, (integer, column) => `${integer ? 'z' : 'h'}${column}`);
  inputColumns.forEach((column, i) => column >= 0 && (columnNames[column] = `x${i}`));
  outputColumns.forEach((column, j) => (columnNames[column] = `y${j}`));
  return { model, columnNames };
}

function ofLayers({ layers }: Network, formulations: readonly ReluFormulation[]): Record<number, ReluFormulation> {
  const bent = [...layers.keys()].filter((k) => hasBends(layers[k]));
  if (formulations.length !== 1 && formulations.length !== bent.length) {
    throw new VerificationError(
      'query',
      `${formulations.length} formulations (${formulations.join(', ')}) for ${bent.length} relu layers: ` +
        'give one for all of them, or one for each',
    );
  }
  return Object.fromEntries(bent.map((k, at) => [k, formulations[formulations.length === 1 ? 0 : at]]));
}
