import { loadTable, type TableRecipe } from '../table-recipe.js';
import type { NamedDataset } from './named-dataset.js';

/** UCI Adult: 108 features, 6 numeric and 102 categories; `?` is a category. It has an official test file. */
export const adultRecipe: TableRecipe = {
  name: 'adult',
  file: 'adult.data',
  test: 'adult.test',
  options: { class: 14, header: false, delimiter: ',' },
};

export const adult: NamedDataset = {
  name: adultRecipe.name,
  about: 'UCI Adult: income above 50,000 dollars, 32,561 rows to train on and 16,281 to test',
  kind: 'table',
  load: (_keys, { dataFolder }) => loadTable(adultRecipe, { dataFolder }),
};
