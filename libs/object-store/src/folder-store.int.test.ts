import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Prints what a write of 1 MB over an object of 10 bytes says, and what is stored afterwards. */
const program = `
  import { FolderStore } from '@mipnet/object-store';
  const store = new FolderStore(process.argv[1]);
  await store.write('runs/object', new Uint8Array(10));
  const error = await store.write('runs/object', new Uint8Array(1_000_000)).catch((error) => error);
  const kept = await store.read('runs/object');
  console.log(JSON.stringify({ code: error.code, message: error.message, kept: kept.length }));
`;

test.skipIf(process.platform === 'win32')(
  'a write that the system cuts half way leaves the old object and nothing else',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mipnet-half-written-'));
    try {
      // A limit of 64 blocks (32 or 64 KiB) on the size of a file fails in the middle, as a full disk does.
      const command = 'ulimit -f 64; exec "$0" --input-type=module -e "$1" "$2"';
      const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, program, folder], {
        cwd: import.meta.dirname,
      });
      const { code, message, kept } = JSON.parse(stdout) as { code: string; message: string; kept: number };
      expect(code).toBe('unwritable');
      expect(message).toContain(
        `cannot write object runs/object into the folder ${folder}: the object is larger than the file size limit`,
      );
      expect(kept).toBe(10);
      expect(await readdir(join(folder, 'runs'))).toEqual(['object']);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
