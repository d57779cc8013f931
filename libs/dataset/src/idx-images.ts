// Tested by download.int.test.ts.
import { DatasetError } from './dataset-error.js';
import { parseIdx } from './idx.js';
import { findIdxFiles, type IdxFiles, type IdxImages, type IdxSource } from './idx-files.js';
import type { LoadedDataset, Samples } from './samples.js';

/**
 * Loads a data set of images, a pixel being a multiple of 1/255.
 * @throws DatasetError 'missing' | 'damaged' | 'download'
 */
export async function loadIdxImages(images: IdxImages, source: IdxSource = {}): Promise<LoadedDataset> {
  const { name, title, classes } = images;
  const files = await findIdxFiles(images, source);
  const train = readPart(images, files, ['trainImages', 'trainLabels']);
  const test = readPart(images, files, ['testImages', 'testLabels']);
  const notes = [`${title} ${files.downloaded ? 'was downloaded to' : 'was read from'} ${files.folder}`];
  return { name, classes, inputShape: train.inputShape, train, test, notes };
}

function readPart(
  { name, classes }: IdxImages,
  { contents, paths }: IdxFiles,
  [imagePart, labelPart]: readonly ['trainImages' | 'testImages', 'trainLabels' | 'testLabels'],
): Samples {
  const images = parseIdx(contents[imagePart], paths[imagePart], 3);
  const labels = parseIdx(contents[labelPart], paths[labelPart], 1);
  const [count, rows, columns] = images.dimensions;
  if (labels.dimensions[0] !== count) {
    throw new DatasetError(
      'damaged',
      `${paths[imagePart]} has ${count} images and ${paths[labelPart]} ${labels.dimensions[0]} labels`,
    );
  }
  return {
    name,
    classes,
    inputShape: [1, rows, columns],
    count,
    size: rows * columns,
    features: images.values,
    scale: 1 / 255,
    labels: Int32Array.from(labels.values),
  };
}
