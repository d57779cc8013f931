import { loadTable, type TableRecipe } from '../table-recipe.js';
import type { NamedDataset } from './named-dataset.js';

/** UCI Breast Cancer Wisconsin (Diagnostic): an id, the diagnosis (B or M), 30 measures of cell nuclei; no header. */
const recipe: TableRecipe = {
  name: 'breast-cancer',
  file: 'wdbc.data',
  options: { class: 1, header: false, delimiter: ',', ignore: [0] },
};

export const breastCancer: NamedDataset = {
  name: recipe.name,
  about: 'UCI Breast Cancer Wisconsin (Diagnostic): benign or malignant, 569 rows',
  kind: 'table',
  drawsTest: true,
  load: ({ seed, testFraction }, { dataFolder }) => loadTable(recipe, { dataFolder, seed, testFraction }),
};
