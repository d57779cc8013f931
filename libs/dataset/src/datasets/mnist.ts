import { loadIdxImages } from '../idx-images.js';
import type { IdxImages, IdxSource } from '../idx-files.js';
import type { LoadedDataset } from '../samples.js';
import type { NamedDataset } from './named-dataset.js';

/**
 * LeCun, Cortes, Burges: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 pixels, 0 paper, 1 ink.
 */
const images: IdxImages = {
  name: 'mnist',
  title: 'MNIST',
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte',
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte',
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    testImages: {
      name: 't10k-images-idx3-ubyte',
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    testLabels: {
      name: 't10k-labels-idx1-ubyte',
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  },
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
};

export const loadMnist = (source: IdxSource = {}): Promise<LoadedDataset> => loadIdxImages(images, source);

export const mnist: NamedDataset = {
  name: images.name,
  about: 'handwritten digits, 28 x 28 pixels, 60,000 to train on and 10,000 to test',
  kind: 'images',
  load: (_keys, options) => loadMnist(options),
};
