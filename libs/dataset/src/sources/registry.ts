import { csv } from './csv.js';
import type { DataSource } from './data-source.js';
import { idx } from './idx.js';
import { npy } from './npy.js';
import { npz } from './npz.js';
import { parquet } from './parquet.js';
import { png } from './png.js';

/** Every kind, in the order in which they are asked; CSV recognises any file. */
export const dataSources: readonly DataSource[] = [parquet, npy, npz, idx, png, csv];
