import { listedClasses, type InputColumn, type LoadedDataset, type Samples } from '@mipnet/dataset';
import { inputSize, outputSize, type Network } from '@mipnet/network';
import { dataOriginIn, tableInputsIn } from '@mipnet/runs/records';
import { CliError } from '../program/cli-error.js';

/**
 * @throws CliError 'bad-input' if a row of the data set is no input of the network, or its classes are not the outputs
 */
export function checkFits(network: Network, dataset: LoadedDataset, file: string): void {
  const advice =
    'give the data set it was trained ' + `on${network.metadata?.dataset ? ` (${network.metadata.dataset})` : ''}`;
  // Of the test part if there is one: the drawn digits are drawn part by part.
  const { size, columns } = dataset.test ?? dataset.train;
  if (inputSize(network) !== size) {
    throw new CliError(
      'bad-input',
      `${file} takes ${inputSize(network)} numbers, a row of ${dataset.name} has ${size}; ${advice}`,
    );
  }
  const classes = Math.max(2, outputSize(network));
  if (classes !== dataset.classes.length) {
    throw new CliError(
      'bad-input',
      `${file} tells ${classes} classes apart, ${dataset.name} has ${dataset.classes.length}; ${advice}`,
    );
  }
  checkColumns(network, { name: dataset.name, columns }, file);
  // Equally many classes with other names would be compared with outputs that mean something else.
  const { dataset: trainedOn, classes: names } = network.metadata ?? {};
  if (trainedOn !== undefined && names !== undefined && names !== dataset.classes.join(',')) {
    throw new CliError(
      'bad-input',
      `the outputs of ${file} are the classes ${names}; ${dataset.name} has ${listedClasses(dataset.classes)}. ` +
        `Give the classes the same names, or ${advice}`,
    );
  }
}

/** Inputs of a table mean what the columns of the network's file say. */
function checkColumns(network: Network, { name, columns }: Pick<Samples, 'name' | 'columns'>, file: string): void {
  if (columns === undefined) return;
  const trained = tableInputsIn(network, file);
  if (trained === undefined) {
    if (dataOriginIn(network.metadata) === undefined) return;
    throw new CliError(
      'bad-input',
      `${file} was written by an earlier version of mipnet, whose networks took scaled numbers; train it again`,
    );
  }
  const meaning = (column: InputColumn | undefined): string =>
    JSON.stringify(column?.kind === 'category' ? [column.name, column.values] : [column?.name]);
  const other = trained.columns.findIndex((column, at) => meaning(column) !== meaning(columns[at]));
  if (other >= 0 || trained.columns.length !== columns.length)
    throw new CliError(
      'bad-input',
      `the column ${trained.columns[other]?.name ?? columns.at(-1)!.name} of ${name} gives other inputs than those of ` +
        `${file}; give the table that it was trained on`,
    );
}
