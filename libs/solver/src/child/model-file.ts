import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMps, type Model } from '@mipnet/mip';

/** A folder for one solver process; the caller removes it. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'mipnet-solver-'));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Writes the model, or its LP relaxation, as an MPS file with columns c0, c1, ... and rows r0, r1, ... */
export async function writeModel(model: Model, relaxation: boolean, file: string): Promise<void> {
  const written = relaxation ? { ...model, integer: new Uint8Array(model.columnCount) } : model;
  await writeFile(file, writeMps(written));
}
