import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { makeBomb, makeFolder, makePipe, makeSparse, type HostileCase } from './hostile-case.js';

/** @param network a network of two inputs and two outputs */
export function hostileProperties(network: string): readonly HostileCase[] {
  const args = (path: string): readonly string[] => ['verify', network, '--vnnlib', path, '--engine', 'local'];
  const text = (what: string, says: RegExp, content: () => string | Uint8Array, file = 'p.vnnlib'): HostileCase => ({
    what,
    says,
    file,
    args,
    make: (path) => writeFileSync(path, content()),
  });
  const bomb = (what: string, block: string, megabytes: number, says: RegExp): HostileCase => ({
    what,
    says,
    file: 'p.vnnlib.gz',
    args,
    make: (path) => makeBomb(path, block.repeat(2 ** 20), megabytes),
  });
  const declared = '(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)\n';
  const inBox = '(assert (and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1)))\n';
  return [
    bomb('1.2 GB of blanks in some MB of gzip', ' ', 1200, /p\.vnnlib\.gz unpacks to more than 64 MiB/),
    bomb('200 million parentheses in gzip', '(', 200, /p\.vnnlib\.gz unpacks to more than 64 MiB/),
    text('60 million parentheses', /line 1: parentheses are nested more than 500 deep/, () =>
      gzipSync('('.repeat(6e7), { level: 1 }),
    ),
    text(
      'a formula 100,000 deep',
      /line 3: parentheses are nested more than 500 deep/,
      () => `${declared}${inBox}(assert ${'(and '.repeat(1e5)}(>= Y_0 0)${')'.repeat(1e5)})`,
    ),
    text(
      'a term 100,000 deep',
      /line 3: parentheses are nested more than 500 deep/,
      () => `${declared}${inBox}(assert (>= ${'(- '.repeat(1e5)}Y_0${')'.repeat(1e5)} 0))`,
    ),
    text(
      'a command of two million parts',
      /line 2: the command has more than 1000000 parts/,
      () => `${declared}(assert (and ${'() '.repeat(2e6)}))`,
    ),
    text(
      '600,000 constraints',
      /the property has more than 500000 constraints/,
      () => `${declared}${`(assert (and ${'(<= Y_0 1)'.repeat(100_000)}))\n`.repeat(6)}`,
    ),
    text(
      'disjunctions that multiply',
      /multiply to 1048576 cases/,
      () => `${declared}${inBox}${'(assert (or (>= Y_0 0) (>= Y_1 0)))'.repeat(20)}`,
    ),
    text(
      'cases that repeat many constraints',
      /multiply to 4096 cases of up to \d+ constraints/,
      () =>
        `${declared}${inBox}${'(assert (<= X_0 1))'.repeat(20_000)}${'(assert (or (>= Y_0 0) (>= Y_1 0)))'.repeat(12)}`,
    ),
    text(
      'a word of megabytes',
      /line 2: a{57}\.\.\. is unknown/,
      () => `${declared}(assert (>= ${'a'.repeat(5e6)} 0))`,
    ),
    text(
      'escape sequences',
      /line 2: \?\[2J\?\[31m0 is unknown/,
      () => `${declared}(assert (>= \u001b[2J\u001b[31m 0))`,
    ),
    text(
      'a network of VNN-LIB 2.0 without inputs',
      /line 2: the network N declares no inputs/,
      () => '(vnnlib-version <2.0>)\n(declare-network N)\n',
    ),
    text(
      'infinity for a bound',
      /line 2: Infinity is not a finite number/,
      () => `${declared}(assert (<= X_0 Infinity))`,
    ),
    text('NaN for a bound', /line 2: nan is not a finite number/, () => `${declared}(assert (<= X_0 nan))`),
    text('bytes that are no text', /the bytes are not text/, () =>
      Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) % 256),
    ),
    text(
      'gzip that is cut off',
      /p\.vnnlib\.gz is not a whole gzip file: it is cut off/,
      () => gzipSync(declared.repeat(100)).subarray(0, 40),
      'p.vnnlib.gz',
    ),
    text('nothing', /no X_0 is declared: the text is empty/, () => ''),
    {
      what: 'a file of 10 GB',
      file: 'p.vnnlib',
      args,
      make: (path) => makeSparse(path, 1e10),
      says: /p\.vnnlib is larger than 64 MiB/,
    },
    { what: 'a folder', file: 'p.vnnlib', args, make: makeFolder, says: /p\.vnnlib is a folder/ },
    { what: 'a pipe', file: 'p.vnnlib', args, make: makePipe, says: /p\.vnnlib is a pipe/ },
    { what: 'a device', file: '/dev/zero', args, says: /\/dev\/zero is a device/ },
  ];
}
