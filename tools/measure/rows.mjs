import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const built = (path) => import(new URL(`../../${path}`, import.meta.url).href);
const [{ readPlan }, { loadForPlan }, { chooseView }, { copiesOf }, dataset] = await Promise.all([
  built('apps/cli/dist/plan/read-plan.js'),
  built('apps/cli/dist/data/load-data.js'),
  built('libs/training/dist/plan/choose-view.js'),
  built('libs/training/dist/index.js'),
  built('libs/dataset/dist/index.js'),
]);

/** Arrays one after the other as one NumPy file. @param {Float64Array[]} arrays */
function writeNpy(file, arrays, shape) {
  writeFileSync(file, dataset.writeNpyHeader('float64', shape));
  for (const { buffer, byteOffset, byteLength } of arrays)
    appendFileSync(file, Buffer.from(buffer, byteOffset, byteLength));
}

/**
 * The rows that `train` would use with a plan, as NumPy files `train.x.npy`, `train.y.npy`, and the same of
 * `validation` and `test`: what the network reads (pixels 0..1; columns of a table scaled to 0..1, missing numbers
 * filled, categories one-hot), and class numbers. Copies of images are training rows.
 * @param {{plan?: string, preset?: string, set: string[]}} choice
 * @param {string} folder is made
 * @returns {Promise<{name: string, image: boolean, rows: Record<string, number>}>}
 */
export async function exportRows(choice, folder) {
  const read = await readPlan(choice);
  const { plan, dataset: loaded } = await loadForPlan(read.plan, choice, () => undefined);
  if (loaded.test === null) throw new Error(`${loaded.name} has no test rows`);
  const view = chooseView(plan, loaded, read.indices);
  const image = loaded.inputShape.length === 3;
  mkdirSync(folder, { recursive: true });
  const rows = {};
  const write = (part, copies) => {
    const count = copies.reduce((sum, samples) => sum + samples.count, 0);
    const values = copies.map((samples) => dataset.valuesOf(samples));
    const width = count === 0 ? 0 : values[0].length / copies[0].count;
    rows[part] = count;
    writeNpy(join(folder, `${part}.x.npy`), values, [count, width]);
    writeNpy(
      join(folder, `${part}.y.npy`),
      copies.map(({ labels }) => Float64Array.from(labels)),
      [count],
    );
  };
  const chosen = dataset.selectRows(loaded.train, view.rows);
  write(
    'train',
    copiesOf(view).map((copy) => copy(chosen, view)),
  );
  write('validation', [dataset.selectRows(loaded.train, view.validationRows)]);
  write('test', [loaded.test]);
  return { name: loaded.name, image, rows };
}
