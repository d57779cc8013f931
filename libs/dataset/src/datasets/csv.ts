import { loadCsv } from '../csv.js';
import { DatasetError } from '../dataset-error.js';
import type { NamedDataset } from './named-dataset.js';

export const csv: NamedDataset = {
  name: 'csv',
  about: 'a table of your own',
  kind: 'table',
  drawsTest: true,
  readsFile: true,
  load({ trainPerClass: _train, testPerClass: _test, labels: _labels, file, class: classColumn, ...reading }) {
    if (file === undefined)
      throw new DatasetError(
        'bad-input',
        'dataset.file: the data set csv needs the path of a table; give --set dataset.file=TABLE.csv',
      );
    if (classColumn === undefined)
      throw new DatasetError(
        'bad-input',
        'dataset.class: the data set csv needs the name or number of its class column; give --set dataset.class=COLUMN',
      );
    return loadCsv({ ...reading, file, class: classColumn });
  },
};
