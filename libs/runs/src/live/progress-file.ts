// Tested by progress-file.int.test.ts.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LivePoint } from '@mipnet/report';
import { makePrivate, privateFile, writeWhole } from '@mipnet/stack/folders';
import type { Progress } from '@mipnet/workflows';
import * as z from 'zod';
import { checkProgress } from '../records/check-run-data.js';
import { runFolder, type DataFolder } from '../records/run-folder.js';
import { LiveHistory } from './live-history.js';

/** What a process writes about the run that it drives alone, so that other commands can show it. */
export interface NotedProgress {
  readonly progress: Progress;
  readonly points: readonly LivePoint[];
}

const fileOf = (paths: DataFolder, run: string): string => join(runFolder(paths, run), 'progress.json');

/** Milliseconds between two writes. */
const every = 2000;

/** Writes the progress of a run of this process into the run's folder, every two seconds at most. */
export class ProgressFile {
  readonly #history: LiveHistory;
  #last = -Infinity;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly paths: DataFolder,
    private readonly run: string,
    /** When it began, milliseconds since 1970. */
    began: number,
  ) {
    this.#history = new LiveHistory(began);
  }

  show(progress: Progress, now = Date.now()): void {
    this.#history.add(progress, now);
    if (now - this.#last < every) return;
    this.#last = now;
    const text = JSON.stringify({ progress, points: this.#history.points } satisfies NotedProgress);
    // A page is not worth a failed run.
    this.#writing = this.#writing.then(() => this.#write(text)).catch(() => undefined);
  }

  async #write(text: string): Promise<void> {
    await makePrivate(runFolder(this.paths, this.run));
    await writeWhole(fileOf(this.paths, this.run), text, privateFile);
  }

  /** The run has ended: its record has the result. */
  async remove(): Promise<void> {
    await this.#writing;
    await rm(fileOf(this.paths, this.run), { force: true });
  }
}

const figure = z.number().nullable();
const points = z
  .array(
    z.object({
      seconds: z.number(),
      solved: z.number(),
      objective: figure,
      bound: figure,
      train: figure,
      validation: figure,
    }),
  )
  .max(1000);

/** undefined before the first write, and for a file that is none of this version's. */
export async function readProgress(paths: DataFolder, run: string): Promise<NotedProgress | undefined> {
  const text = await readFile(fileOf(paths, run), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const noted = JSON.parse(text) as Partial<NotedProgress>;
    const { value } = checkProgress(noted.progress);
    const known = points.safeParse(noted.points);
    return value && known.success ? { progress: value, points: known.data } : undefined;
  } catch {
    return undefined;
  }
}
