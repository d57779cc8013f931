import { drawDigits } from '../draw-digits.js';
import type { LoadedDataset } from '../samples.js';
import type { NamedDataset } from './named-dataset.js';

/** What this process has drawn last: to draw all images takes two seconds, to keep them five MB. */
let last: { readonly asked: string; readonly drawn: LoadedDataset } | undefined;

export const digits: NamedDataset = {
  name: 'digits',
  about: 'digits that mipnet draws itself: no download, easier than MNIST',
  kind: 'images',
  load: ({ trainPerClass, testPerClass, seed }) => {
    const asked = JSON.stringify([trainPerClass, testPerClass, seed]);
    if (last?.asked !== asked) last = { asked, drawn: drawDigits({ trainPerClass, testPerClass, seed }) };
    return last.drawn;
  },
};
