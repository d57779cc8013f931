#!/usr/bin/env node
/**
 * Verdicts on random small ONNX models whose threshold is the best output that was found in the ONNX runtime:
 *
 *     node tools/bench/float32.mjs --networks 2000 [--first 0] [--cancelling-every 10] [--seconds 2] [--switches]
 *
 * Each is asked at the threshold, where `robust` is wrong, with an attack and by certificates alone, and 1e-3 of the
 * span of the outputs beyond it. Every tenth network adds and takes away numbers so large that float32 loses what
 * passes by; those are counted apart. --switches draws max pools, clips and votes on 18 to 32 inputs instead, which
 * branching on units answers. --in-float64 certifies float64 arithmetic instead, and shows how often that is
 * wrong. Needs `./mipnet build`. Exit 1 when a verdict is wrong.
 */
import { loadHighsSolver } from '@mipnet/solver';
import { float32Case } from '@mipnet/verification/float32';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    networks: { type: 'string', default: '2000' },
    first: { type: 'string', default: '0' },
    'cancelling-every': { type: 'string', default: '10' },
    seconds: { type: 'string', default: '2' },
    switches: { type: 'boolean', default: false },
    'in-float64': { type: 'boolean', default: false },
  },
});
const [networks, first, every, seconds] = [
  values.networks,
  values.first,
  values['cancelling-every'],
  values.seconds,
].map(Number);
const solver = await loadHighsSolver();
const names = ['at the threshold', 'at the threshold, without an attack', 'beyond'];
const counts = Object.fromEntries([...names, ...names.map((name) => `cancelling, ${name}`)].map((name) => [name, {}]));
let faulty = 0;
for (let seed = first; seed < first + networks; seed++) {
  const cancels = !values.switches && seed % every === 0;
  const { at, alone, beyond, jumps, faults } = await float32Case(solver, seed, {
    cancels,
    seconds,
    inFloat64: values['in-float64'],
    switches: values.switches,
  });
  for (const [k, verdict] of [at, alone, beyond].entries()) {
    const table = counts[cancels ? `cancelling, ${names[k]}` : names[k]];
    const key =
      verdict.verdict === 'unresolved'
        ? `unresolved ${jumps ? 'with jumps' : 'without'}, ${verdict.reason ?? 'cut short'}`
        : `${verdict.verdict} by ${verdict.by}`;
    table[key] = (table[key] ?? 0) + 1;
  }
  if (faults.length > 0) faulty++;
  for (const fault of faults) process.stdout.write(`seed ${seed}: ${fault}\n`);
  if ((seed - first + 1) % 100 === 0) process.stderr.write(`  ${seed - first + 1}/${networks}, ${faulty} faulty\n`);
}
for (const [name, table] of Object.entries(counts)) {
  process.stdout.write(`${name}:\n`);
  for (const [key, count] of Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1)))
    process.stdout.write(`  ${key}: ${count}\n`);
}
process.stdout.write(
  `${networks} networks, ${faulty} with a wrong verdict, ${(process.cpuUsage().user / 1e6).toFixed(0)} CPU s\n`,
);
process.exitCode = faulty > 0 ? 1 : 0;
