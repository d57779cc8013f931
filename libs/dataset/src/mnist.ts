import { DatasetError } from './dataset-error.js';
import { parseIdx } from './idx.js';
import { findMnist, type MnistFiles, type MnistSource } from './mnist-files.js';
import type { LoadedDataset, Samples } from './samples.js';

const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * MNIST (LeCun, Cortes, Burges): 60,000 training and 10,000 test images of handwritten digits, 28 x 28 pixels, a pixel
 * being a multiple of 1/255 from 0 (paper) to 1 (ink).
 * @throws DatasetError 'missing' | 'damaged' | 'download'
 */
export async function loadMnist(source: MnistSource = {}): Promise<LoadedDataset> {
  const files = await findMnist(source);
  const train = readPart(files, 'trainImages', 'trainLabels');
  const test = readPart(files, 'testImages', 'testLabels');
  const notes = [`MNIST ${files.downloaded ? 'was downloaded to' : 'was read from'} ${files.folder}`];
  return { name: 'mnist', classes, inputShape: train.inputShape, train, test, notes };
}

function readPart(
  { contents, paths }: MnistFiles,
  imagePart: 'trainImages' | 'testImages',
  labelPart: 'trainLabels' | 'testLabels',
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
    name: 'mnist',
    classes,
    inputShape: [1, rows, columns],
    count,
    size: rows * columns,
    features: images.values,
    scale: 1 / 255,
    labels: Int32Array.from(labels.values),
  };
}
