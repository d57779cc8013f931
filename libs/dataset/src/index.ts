export {
  emptyFeatures,
  filledOf,
  rawOf,
  selectRows,
  transformed,
  valuesOf,
  type Features,
  type DownloadProgress,
  type LoadedDataset,
  type Rows,
  type Samples,
  type StoredAs,
  type Transformation,
  partOfRows,
  valuesInTurn,
} from './samples.js';
export {
  widthOf,
  inputNames,
  scaledInputs,
  scalingOf,
  type CategoryColumn,
  type InputColumn,
  type NumberColumn,
} from './input-columns.js';
export { clipOutliers } from './clip-outliers.js';
export { samplesHash } from './samples-hash.js';
export { DatasetError, type DatasetErrorCode } from './dataset-error.js';
export * from './random.js';
export * from './idx.js';
export * from './draw-digits.js';
export { listedClasses } from './class-labels.js';
export type { ColumnChoice } from './table-options.js';
export * from './view.js';
export * from './shift.js';
export { openImages, type ImageFiles } from './image-files.js';
export { deskewed } from './deskew.js';
export { affineCopies, defaultAffine, type AffineRanges, type CopyNumber } from './affine.js';
export {
  openDataset,
  writeDataset,
  writeDerivedDataset,
  type DerivedHeader,
  type RowChunk,
  type StoredDataset,
  type StoredTable,
} from './table.js';
export * from './table-rows.js';
export * from './datasets/load.js';
export { datasetList, datasetNamed } from './datasets/registry.js';
export { ownFileName } from './datasets/own-file.js';
export { contentOf } from './sources/find-source.js';
export type { DatasetKeys, LoadOptions, NamedDataset } from './datasets/named-dataset.js';
export { readRegularFile, type FileLimit } from './read-regular-file.js';
export { shortJson } from './short-json.js';
export { parseNpy } from './npy.js';
export { writeNpyHeader } from './npy-header.js';
export { openNpy, type NpyRows } from './npy-rows.js';
export { openTableStream, type TableRow, type TableStream } from './table-stream.js';
export { lookOf, parseNumber, type NumberFormat, type NumberLook } from './number-text.js';
export { missingValues, type MissingValues } from './missing-values.js';
export type { TrainedTable } from './table-options.js';
