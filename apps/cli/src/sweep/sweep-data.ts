// Tested by ../e2e/sweep.e2e.test.ts.
import { writeDataset, type LoadedDataset } from '@mipnet/dataset';
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import { refuseStore } from '@mipnet/runs';
import type { FileHashes } from '@mipnet/runs/records';
import type { Plan } from '@mipnet/training';
import { dataFileHashes } from '../data/file-hash.js';
import { loadChosenDataset } from '../data/load-data.js';

/** A data set in memory and in the store. */
export interface SweptData {
  readonly dataset: LoadedDataset;
  readonly ref: ObjectRef;
  readonly files: FileHashes;
}

/** So many data sets are in memory at once. */
const mostKept = 4;

/** The data sets of a sweep: each is loaded and written once, however many settings train on it. */
export class SweepData {
  readonly #known = new Map<string, Promise<SweptData>>();

  constructor(
    private readonly store: ObjectStore,
    private readonly folder: string | undefined,
    private readonly say: (line: string) => void,
  ) {}

  load(spec: Plan['dataset']): Promise<SweptData> {
    const key = JSON.stringify(keysOfSource(spec));
    const known = this.#known.get(key) ?? this.#load(spec);
    // The one that was used last is the last one to be forgotten.
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > mostKept) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }

  async #load(spec: Plan['dataset']): Promise<SweptData> {
    const dataset = await loadChosenDataset(spec, this.folder, this.say);
    const ref = await writeDataset(this.store, dataset).catch(refuseStore);
    return { dataset, ref, files: await dataFileHashes(spec) };
  }
}

/** Without the keys that select rows of the data set, copy them or weigh them. */
function keysOfSource(spec: Plan['dataset']): object {
  const { perClass, examples, indices, seed, shifts, affine, classWeights, ...others } = spec;
  const { validationPerClass, validationFraction, ...source } = others;
  void [perClass, examples, indices, seed, shifts, affine, classWeights, validationPerClass, validationFraction];
  return source;
}
