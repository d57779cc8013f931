import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeBomb, makeFolder, makePipe, makeSparse, type HostileCase } from './hostile-case.js';

const parts = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** A data folder whose four files of MNIST are one and the same. */
function mnist(what: string, says: RegExp, make: (path: string) => void | Promise<void>, ending = ''): HostileCase {
  return {
    what: `MNIST: ${what}`,
    says,
    file: 'data',
    args: () => ['plan', '--preset', 'quickstart', '--sample', '0'],
    env: (path) => ({ MIPNET_DATA: path }),
    make: async (path) => {
      mkdirSync(join(path, 'mnist'), { recursive: true });
      for (const name of parts) await make(join(path, 'mnist', `${name}${ending}`));
    },
  };
}

const indices = (what: string, says: RegExp, make?: (path: string) => void, file = 'rows.json'): HostileCase => ({
  what: `row numbers: ${what}`,
  says,
  file,
  ...(make && { make }),
  args: (path) => [
    'plan',
    '--preset',
    'quickstart',
    '--sample',
    '0',
    '--dataset',
    'digits',
    '--set',
    `dataset.indices=${path}`,
  ],
});

const start = (what: string, says: RegExp, make: (path: string) => void): HostileCase => ({
  what: `a network to start from: ${what}`,
  says,
  file: 'start.onnx',
  make,
  args: (path) => [
    'plan',
    '--sample',
    '0',
    '--dataset',
    'digits',
    '--set',
    'splits=[]',
    '--set',
    'network=[{dense: 10}]',
    '--set',
    `start=${path}`,
  ],
});

/** A table of one's own. */
const table = (what: string, says: RegExp, make?: HostileCase['make'], file = 'table.csv'): HostileCase => ({
  what: `a table: ${what}`,
  says,
  file,
  ...(make && { make }),
  args: (path) => [
    'plan',
    '--sample',
    '0',
    ...[
      'dataset={name: csv, class: y, perClass: 2, validationPerClass: 1}',
      `dataset.file=${path}`,
      'splits=[]',
      'network=[{dense: 1}]',
    ].flatMap((setting) => ['--set', setting]),
  ],
});
/** Any other data of one's own. */
const own = (what: string, says: RegExp, make: HostileCase['make'], file: string): HostileCase => ({
  what: `data of one's own: ${what}`,
  says,
  file,
  ...(make && { make }),
  args: (path) => [
    'plan',
    '--sample',
    '0',
    ...[`dataset.file=${path}`, 'dataset.class=y', 'splits=[]', 'network=[{dense: 1}]'].flatMap((setting) => [
      '--set',
      setting,
    ]),
  ],
});
const npy = (descr: string, shape: string): Buffer =>
  Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(`{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(118)),
  ]);
/** A zip archive whose directory claims 4 GB for its only file, X.npy. */
function zipOf4GB(): Buffer {
  const name = Buffer.from('X.npy');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(0xfffffff0, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length, 16);
  return Buffer.concat([local, name, central, name, end]);
}
function makeHugePng(path: string): void {
  const png = Buffer.alloc(64);
  png.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  png.writeUInt32BE(100_000, 16);
  png.writeUInt32BE(100_000, 20);
  png[24] = 8;
  for (const label of ['a', 'b']) {
    mkdirSync(join(path, label), { recursive: true });
    writeFileSync(join(path, label, '1.png'), png);
  }
}

const columns = (cell: (at: number) => string): string => Array.from({ length: 1e6 }, (_, at) => cell(at)).join(',');

const header = Buffer.from([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

/** Images, row numbers, networks to start from, and weights. @param network of 784 inputs and 10 outputs */
export function hostileData(network: string): readonly HostileCase[] {
  const weights = (what: string, says: RegExp, make?: (path: string) => void, file = 'weights.json'): HostileCase => ({
    what: `weights of inputs: ${what}`,
    says,
    file,
    ...(make && { make }),
    args: (path) => [
      'verify',
      network,
      '--dataset',
      'digits',
      '--images',
      '0',
      '--epsilon',
      '0.1',
      '--engine',
      'local',
      '--weights',
      path,
    ],
  });
  return [
    table(
      '300 MB of blanks in gzip',
      /table\.csv\.gz, line 1: the row is longer than 64 MiB/,
      (path) => makeBomb(path, ' '.repeat(2 ** 20), 300),
      'table.csv.gz',
    ),
    table('a million columns', /table\.csv, line 1: the table has more than 100000 columns/, (path) =>
      writeFileSync(path, `${columns((at) => `c${at}`)}\n${columns(() => '1')}\n`),
    ),
    table('bytes that are no text', /table\.csv, line 2: byte 3 of the line is 0/, (path) =>
      writeFileSync(path, 'a,b,y\n1,\0,p\n2,3,q\n'),
    ),
    table('a cell of 20 MB that is not closed', /table\.csv, line 2: a quote is opened and not closed/, (path) =>
      writeFileSync(path, `a,b,y\n1,"${'x'.repeat(2e7)}`),
    ),
    table('a file of 10 GB', /table\.csv is larger than 4096 MiB/, (path) => makeSparse(path, 1e10)),
    table('a folder', /table\.csv is a folder, not a file/, makeFolder),
    table('a pipe', /table\.csv is a pipe, not a file/, makePipe),
    table('a device', /\/dev\/zero is a device, not a file/, undefined, '/dev/zero'),
    own('a pickle', /X\.npy holds Python objects/, (path) => writeFileSync(path, npy('|O', '1,')), 'X.npy'),
    own(
      'an array of 10^18',
      /X\.npy .*give those of its rows/,
      (path) => writeFileSync(path, npy('<f8', '1000000000, 1000000000')),
      'X.npy',
    ),
    own(
      'an archive of 4 GB',
      /X\.npz unpacks to more than 2048 MiB/,
      (path) => writeFileSync(path, zipOf4GB()),
      'X.npz',
    ),
    own('an image of 10^10 pixels', /1\.png has 100000 x 100000 pixels/, makeHugePng, 'images'),
    own(
      'Parquet that is noise',
      /t\.parquet is not a usable Parquet file/,
      (path) => writeFileSync(path, `PAR1${'\xff'.repeat(5000)}PAR1`, 'latin1'),
      't.parquet',
    ),
    mnist(
      'a gzip bomb',
      /train-images-idx3-ubyte\.gz unpacks to more than 64 MiB/,
      (path) => makeBomb(path, '\0'.repeat(2 ** 20), 100),
      '.gz',
    ),
    mnist('a header that claims 10^28 pixels', /is not MNIST's train-images-idx3-ubyte: the SHA-256/, (path) =>
      writeFileSync(path, header),
    ),
    mnist(
      'gzip of such a header, cut off',
      /is not a whole gzip file: it is cut off/,
      (path) => writeFileSync(path, gzipSync(header).subarray(0, 20)),
      '.gz',
    ),
    mnist('files of 10 GB', /train-images-idx3-ubyte is larger than 64 MiB/, (path) => makeSparse(path, 1e10)),
    indices('lists in lists', /entry 0 is a deeply nested list/, (path) =>
      writeFileSync(path, `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ),
    indices('a file of 10 GB', /rows\.json is larger than 16 MiB/, (path) => makeSparse(path, 1e10)),
    indices('two million times the same', /0 is there twice, as entries 0 and 1/, (path) =>
      writeFileSync(path, `[${'0,'.repeat(2e6)}0]`),
    ),
    indices('a device', /dataset\.indices: \/dev\/zero is a device/, undefined, '/dev/zero'),
    indices('a pipe', /dataset\.indices: .*rows\.json is a pipe/, makePipe),
    start('a pipe', /start\.onnx is a pipe/, makePipe),
    start('text', /start\.onnx: this is text, not an ONNX model, which is binary/, (path) =>
      writeFileSync(path, 'weights\n'),
    ),
    weights('lists in lists', /weights\.json: give an array of 784 positive numbers/, (path) =>
      writeFileSync(path, `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ),
    weights('a number that is deeply nested', /weights\.json: entry 0 is a deeply nested list/, (path) =>
      writeFileSync(path, `[${'['.repeat(100_000)}${']'.repeat(100_000)}${',1'.repeat(783)}]`),
    ),
    weights('a device', /--weights: \/dev\/zero is a device/, undefined, '/dev/zero'),
  ];
}
