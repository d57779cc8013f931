import { loadTable, type TableRecipe } from '../table-recipe.js';
import type { NamedDataset } from './named-dataset.js';

/** UCI Heart (Cleveland): 21 features; three of its columns of small integers are codes. */
export const heartRecipe: TableRecipe = {
  name: 'heart',
  file: 'heart.csv',
  options: { class: 'target', header: true, delimiter: ',', categorical: ['cp', 'thal', 'slope'] },
};

export const heart: NamedDataset = {
  name: heartRecipe.name,
  about: 'UCI Heart (Cleveland): heart disease, 303 rows',
  kind: 'table',
  drawsTest: true,
  load: ({ seed, testFraction }, { dataFolder }) => loadTable(heartRecipe, { dataFolder, seed, testFraction }),
};
