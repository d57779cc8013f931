import { DatasetError } from '../dataset-error.js';
import { loadSource } from '../sources/find-source.js';
import type { NamedDataset } from './named-dataset.js';

/** In a plan, the name of a data set of one's own; a plan that gives `file` may leave it out. */
export const ownFileName = 'file';

/** Any file or folder of the user; what it is follows from its content. */
export const ownFile: NamedDataset = {
  name: ownFileName,
  about: 'a data set of your own: a table, arrays, or images',
  kind: 'file',
  drawsTest: true,
  readsFile: true,
  load({ trainPerClass: _train, testPerClass: _test, file, ...options }) {
    if (file === undefined)
      throw new DatasetError('bad-input', 'dataset.file: give the path of your data by --set dataset.file=PATH');
    return loadSource(file, options, ownFile.name);
  },
};
