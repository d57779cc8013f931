import { adult } from './adult.js';
import { breastCancer } from './breast-cancer.js';
import { csv } from './csv.js';
import { digits } from './digits.js';
import { heart } from './heart.js';
import { mnist } from './mnist.js';
import type { NamedDataset } from './named-dataset.js';
import { ownFile } from './own-file.js';

/** Every data set; plans, help and docs know no others. */
const datasets: readonly NamedDataset[] = [mnist, digits, adult, heart, breastCancer, csv, ownFile];

export const datasetNames: readonly string[] = datasets.map(({ name }) => name);

/** Undefined for a name that is no data set's. */
export const datasetNamed = (name: string): NamedDataset | undefined =>
  datasets.find((dataset) => dataset.name === name);

/** `mnist, digits, adult, heart or csv`, for help. */
export const datasetList = `${datasetNames.slice(0, -1).join(', ')} or ${datasetNames.at(-1)}`;
