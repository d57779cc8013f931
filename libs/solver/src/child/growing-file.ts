import { closeSync, openSync, readSync } from 'node:fs';

/** What another process adds to a file. */
export class GrowingFile {
  #position = 0;

  constructor(readonly path: string) {}

  /** The text since the last call; empty if the file does not exist (yet). For ASCII only. */
  more(): string {
    let descriptor: number;
    try {
      descriptor = openSync(this.path, 'r');
    } catch {
      return '';
    }
    try {
      const buffer = Buffer.alloc(2 ** 16);
      let text = '';
      for (;;) {
        const length = readSync(descriptor, buffer, 0, buffer.length, this.#position);
        if (length === 0) return text;
        this.#position += length;
        text += buffer.toString('latin1', 0, length);
      }
    } finally {
      closeSync(descriptor);
    }
  }
}
