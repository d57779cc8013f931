import { listedClasses, type LoadedDataset } from '@mipnet/dataset';
import { inputSize, outputSize, type Network } from '@mipnet/network';
import { CliError } from '../program/cli-error.js';

/**
 * @throws CliError 'bad-input' if a row of the data set is no input of the network, or its classes are not the outputs
 */
export function checkFits(network: Network, dataset: LoadedDataset, file: string): void {
  const advice =
    'give the data set it was trained ' + `on${network.metadata?.dataset ? ` (${network.metadata.dataset})` : ''}`;
  if (inputSize(network) !== dataset.train.size) {
    throw new CliError(
      'bad-input',
      `${file} takes ${inputSize(network)} numbers, a row of ${dataset.name} has ${dataset.train.size}; ${advice}`,
    );
  }
  const classes = Math.max(2, outputSize(network));
  if (classes !== dataset.classes.length) {
    throw new CliError(
      'bad-input',
      `${file} tells ${classes} classes apart, ${dataset.name} has ${dataset.classes.length}; ${advice}`,
    );
  }
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
