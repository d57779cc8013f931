#!/usr/bin/env node
/**
 * Reads a large table of one's own, as `train` does: rows per second, and the most memory that the process held.
 *
 *     node tools/bench/table.mjs [--rows 1000000] [--columns 50] [--words 5] [--digits 6] [--ending csv.gz]
 *
 * The table is written first, into a folder that is removed afterwards: `columns` features of which `words` are words
 * of 20 values, the others numbers of so many decimals (17: as Python writes them), and a class. The reading process is
 * a new one, so that its memory is that of reading alone. Needs `./mipnet build`.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { loadDataset, seededRandom } from '@mipnet/dataset';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    rows: { type: 'string', default: '1000000' },
    columns: { type: 'string', default: '50' },
    words: { type: 'string', default: '5' },
    digits: { type: 'string', default: '6' },
    ending: { type: 'string', default: 'csv' },
    /** Reads this table instead of writing one: what the new process does. */
    read: { type: 'string' },
  },
});
if (values.read === undefined) await writeAndRead();
else await read(values.read);

async function writeAndRead() {
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-bench-table-'));
  try {
    const file = join(folder, `table.${values.ending}`);
    const packing = values.ending.endsWith('.gz') ? [createGzip({ level: 1 })] : [];
    await pipeline(lines(), ...packing, createWriteStream(file));
    console.log(`${values.rows} rows of ${values.columns} columns, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`);
    execFileSync(process.execPath, [import.meta.filename, '--read', file], { stdio: 'inherit' });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* lines() {
  const [rows, columns, words, digits] = [values.rows, values.columns, values.words, values.digits].map(Number);
  const random = seededRandom(0, 'bench table');
  // Numbers are drawn once and repeated in another order, so that writing takes less time than reading.
  const pool = Array.from({ length: 100_003 }, () => {
    const number = random.normal() * 10;
    return digits >= 17 ? String(number) : number.toFixed(digits);
  });
  yield `${Array.from({ length: columns }, (_, at) => `x${at}`).join(',')},class\n`;
  let next = 0;
  for (let from = 0; from < rows; from += 1000) {
    let text = '';
    for (let row = from; row < Math.min(rows, from + 1000); row++) {
      for (let at = 0; at < columns; at++)
        text += `${at < words ? `word ${(row * (at + 3)) % 20}` : pool[next++ % pool.length]},`;
      text += `${row % 3}\n`;
    }
    yield text;
  }
}

async function read(file) {
  const began = performance.now();
  const { train, test } = await loadDataset({ name: 'csv', file, class: 'class' });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const rows = train.count + test.count;
  console.log(
    `${rows} rows of ${train.size} features in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds)} rows/s`,
  );
  console.log(`${((user + system) / 1e6).toFixed(1)} s of processors, which other programs do not lengthen`);
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}
