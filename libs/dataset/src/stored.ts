// Stored rows, and the small tools around them: this entry loads no reader of data files.
export { DatasetError } from './dataset-error.js';
export { inputCount, widthOf, type InputColumn } from './input-columns.js';
export { writeNpyHeader } from './npy-header.js';
export { seededRandom, type Random } from './random.js';
export { readRegularFile } from './read-regular-file.js';
export { filledOf, selectRows, type Samples, type Transformation } from './samples.js';
export { shortJson } from './short-json.js';
export { openDataset, writeDataset } from './table.js';
export { readRows } from './table-rows.js';
export { isGzip, unpackGzip } from './unpack-gzip.js';
