import { drawDigits } from '../draw-digits.js';
import type { NamedDataset } from './named-dataset.js';

export const digits: NamedDataset = {
  name: 'digits',
  about: 'digits that mipnet draws itself: no download, easier than MNIST',
  kind: 'images',
  load: ({ trainPerClass, testPerClass, seed }) => drawDigits({ trainPerClass, testPerClass, seed }),
};
