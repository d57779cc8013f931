import { writeFileSync } from 'node:fs';
import { makeFolder, makePipe, makeSparse, type HostileCase } from './hostile-case.js';

const args = (path: string): readonly string[] => ['plan', path, '--sample', '0'];
const few = 'dataset: {name: digits, perClass: 5, validationPerClass: 5}\n';
const net = 'network: [{dense: 10}]\n';

const text = (what: string, says: RegExp, content: () => string | Uint8Array): HostileCase => ({
  what,
  says,
  file: 'plan.yaml',
  args,
  make: (path) => writeFileSync(path, content()),
});
const sized = (network: string, says: RegExp, more = ''): HostileCase =>
  text(`the network ${network} ${more}`, says, () => `${few}network: ${network}\n${more}`);

/** Files that are no plans, or that ask for more than a machine has. */
export const hostilePlans: readonly HostileCase[] = [
  sized('[{dense: 999999999999}]', /network\.0\.dense is 999999999999; it has to be at most 100000/),
  sized('[{dense: 30000000}]', /network\.0\.dense is 30000000; it has to be at most 100000/),
  sized(
    '[{dense: 100000, activation: sign}, {dense: 10}]',
    /network\.0\.dense: with it the network has 78,400,000 weights; at most 4,000,000/,
  ),
  sized('[{dense: 5000, activation: sign}, {dense: 10}]', /one MIP would have 196,000,000 products/),
  sized('[{conv: 4, kernel: 1000000000}]', /network\.0\.kernel is 1000000000; it has to be at most 1000/),
  sized(
    '[{conv: 10000, kernel: 5, activation: step}, {averagePool: 24}, {dense: 10}]',
    /the output of layer 0 \(conv2d\) has 5,760,000 numbers for each sample/,
  ),
  sized('[{dense: 1e300}]', /network\.0\.dense is 1e\+300; it has to be at most 100000/),
  sized('[{dense: .nan}]', /network\.0\.dense is NaN; it has to be a number/),
  sized(
    '[{dense: 1, weights: integer(99999999999999999999)}]',
    /network\.0\.weights is "integer\(9+\)"; it has to be one of ternary, binary, real, integer\(P\) with P up to 999999/,
  ),
  sized(
    '[{dense: 10}]',
    /splits\.0\.layers\.cycles is 1000000000; it has to be at most 1000/,
    'splits: [{layers: {cycles: 1000000000}}]',
  ),
  sized(
    '[{dense: 10}]',
    /splits\.0\.batches\.rounds is 1000000000; it has to be at most 10000/,
    'splits: [{batches: {kind: hardest-first, start: 1, add: 1, rounds: 1000000000}}]',
  ),
  sized(
    '[{dense: 10}]',
    /batches of 0 rows cannot hold all 10 classes/,
    'splits: [{batches: {kind: consensus, count: 1000000000000}}]',
  ),
  text(
    'a trillion samples of each class',
    /1000000000000 rows of class '0' were asked for/,
    () => `dataset: {name: digits, perClass: 1000000000000}\n${net}`,
  ),
  text(
    'a billion shifts',
    /dataset\.shifts is 1000000000; it has to be one of 0, 4, 8/,
    () => `dataset: {name: digits, shifts: 1000000000}\n${net}`,
  ),
  text(
    '18,000 layers',
    /it has to be a list of 100 or fewer/,
    () => `${few}network:\n${'- {dense: 1}\n'.repeat(18_000)}`,
  ),
  text(
    'lists in lists',
    /plan\.yaml line 1: this is not valid YAML \(it is nested too deeply\)/,
    () => `network: ${'['.repeat(100_000)}`,
  ),
  text(
    'references that multiply',
    /its references \(\*name\) expand to too much/,
    () =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdef'].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcde'[at]}`).join()}]`).join('\n')}\nnetwork: *f\n`,
  ),
  text(
    'a function',
    /this is not valid YAML \(Unresolved tag: tag:yaml\.org,2002:js\/function\)/,
    () => 'network: !!js/function "function () { process.exit(7) }"\n',
  ),
  text('bytes that are no text', /plan\.yaml is not text in UTF-8/, () =>
    Uint8Array.from({ length: 1000 }, (_, at) => 255 - (at % 256)),
  ),
  text('a megabyte', /plan\.yaml is larger than 256 KiB/, () => `${net}# ${'x'.repeat(1e6)}`),
  text('escape sequences', /there is no key 'evil'; known keys are/, () => `"\\e]0;title\\aevil": 1\n${net}`),
  {
    what: 'a file of 10 GB',
    file: 'plan.yaml',
    args,
    make: (path) => makeSparse(path, 1e10),
    says: /plan\.yaml is larger than 256 KiB/,
  },
  { what: 'a folder', file: 'plan.yaml', args, make: makeFolder, says: /the plan: .*plan\.yaml is a folder/ },
  { what: 'a pipe', file: 'plan.yaml', args, make: makePipe, says: /the plan: .*plan\.yaml is a pipe/ },
  { what: 'a device', file: '/dev/zero', args, says: /the data file: \/dev\/zero is a device, not a file/ },
];
