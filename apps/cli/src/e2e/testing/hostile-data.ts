import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeBomb, makePipe, makeSparse, type HostileCase } from './hostile-case.js';

const parts = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];

/** A data folder whose four files of MNIST are one and the same. */
function mnist(what: string, says: RegExp, make: (path: string) => void | Promise<void>, ending = ''): HostileCase {
  return {
    what: `MNIST: ${what}`, says, file: 'data', args: () => ['plan', '--preset', 'quickstart', '--sample', '0'], env: (path) => ({ MIPNET_DATA: path }),
    make: async (path) => {
      mkdirSync(join(path, 'mnist'), { recursive: true });
      for (const name of parts) await make(join(path, 'mnist', `${name}${ending}`));
    },
  };
}

const indices = (what: string, says: RegExp, make?: (path: string) => void, file = 'rows.json'): HostileCase => ({
  what: `row numbers: ${what}`, says, file, ...(make && { make }),
  args: (path) => ['plan', '--preset', 'quickstart', '--sample', '0', '--dataset', 'digits', '--set', `dataset.indices=${path}`],
});

const start = (what: string, says: RegExp, make: (path: string) => void): HostileCase => ({
  what: `a network to start from: ${what}`, says, file: 'start.onnx', make,
  args: (path) => ['plan', '--sample', '0', '--dataset', 'digits', '--set', 'splits=[]', '--set', 'network=[{dense: 10}]', '--set', `start=${path}`],
});

const header = Buffer.from([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

/** Images, row numbers, networks to start from, and weights. @param network of 784 inputs and 10 outputs */
export function hostileData(network: string): readonly HostileCase[] {
  const weights = (what: string, says: RegExp, make?: (path: string) => void, file = 'weights.json'): HostileCase => ({
    what: `weights of inputs: ${what}`, says, file, ...(make && { make }),
    args: (path) => ['verify', network, '--dataset', 'digits', '--images', '0', '--epsilon', '0.1', '--engine', 'local', '--weights', path],
  });
  return [
    mnist('a gzip bomb', /train-images-idx3-ubyte\.gz unpacks to more than 64 MiB/, (path) => makeBomb(path, '\0'.repeat(2 ** 20), 1024), '.gz'),
    mnist('a header that claims 10^28 pixels', /is not MNIST's train-images-idx3-ubyte: the SHA-256/, (path) => writeFileSync(path, header)),
    mnist('gzip of such a header, cut off', /is not a whole gzip file: it is cut off/, (path) => writeFileSync(path, gzipSync(header).subarray(0, 20)), '.gz'),
    mnist('files of 10 GB', /train-images-idx3-ubyte is larger than 64 MiB/, (path) => makeSparse(path, 1e10)),
    indices('lists in lists', /entry 0 is a deeply nested list/, (path) => writeFileSync(path, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
    indices('a file of 10 GB', /rows\.json is larger than 16 MiB/, (path) => makeSparse(path, 1e10)),
    indices('two million times the same', /0 is there twice, as entries 0 and 1/, (path) => writeFileSync(path, `[${'0,'.repeat(2e6)}0]`)),
    indices('a device', /dataset\.indices: \/dev\/zero is a device/, undefined, '/dev/zero'),
    indices('a pipe', /dataset\.indices: .*rows\.json is a pipe/, makePipe),
    start('a pipe', /start\.onnx is a pipe/, makePipe),
    start('text', /start\.onnx: this is text; an ONNX model is a binary file/, (path) => writeFileSync(path, 'weights\n')),
    weights('lists in lists', /weights\.json: give an array of 784 positive numbers/, (path) => writeFileSync(path, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
    weights('a number that is deeply nested', /weights\.json: entry 0 is a deeply nested list/, (path) => writeFileSync(path, `[${'['.repeat(100_000)}${']'.repeat(100_000)}${',1'.repeat(783)}]`)),
    weights('a device', /--weights: \/dev\/zero is a device/, undefined, '/dev/zero'),
  ];
}
