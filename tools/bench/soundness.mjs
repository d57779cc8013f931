#!/usr/bin/env node
/**
 * Verdicts and bounds on random small networks and boxes against the enumeration of their activation patterns:
 *
 *     node tools/bench/soundness.mjs --networks 10000 [--first 0] [--solvers-every 10] [--switches]
 *
 * Every network goes through bounds, attack and branching; every tenth also through LP and MIP bounds and a second
 * verdict by LP and MIP alone. --switches: networks of max pools, clips and relus instead, by branching on units alone;
 * prints how many of the outputs that are positive it proves. Needs `./mipnet build`. Exit 1 when a verdict is wrong or
 * a bound invalid.
 */
import { loadHighsSolver } from '@mipnet/solver';
import { soundnessCase } from '@mipnet/verification/soundness';
import { switchesCase } from '@mipnet/verification/switches';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    networks: { type: 'string', default: '10000' },
    first: { type: 'string', default: '0' },
    'solvers-every': { type: 'string', default: '10' },
    switches: { type: 'boolean', default: false },
  },
});
const [networks, first, every] = [values.networks, values.first, values['solvers-every']].map(Number);
let faulty = 0;
if (values.switches) judgeSwitches();
else await judgeVerdicts();
process.stdout.write(
  `${networks} networks, ${faulty} with a wrong verdict or an invalid ` +
    `bound, ${(process.cpuUsage().user / 1e6).toFixed(0)} ` +
    `CPU s\n`,
);
process.exitCode = faulty > 0 ? 1 : 0;

function judgeSwitches() {
  const counts = { positive: 0, proven: 0 };
  for (let seed = first; seed < first + networks; seed++) {
    const { truth, bound, isWrong } = switchesCase(seed);
    if (truth > 0) counts.positive++;
    if (bound > 0) counts.proven++;
    if (isWrong) {
      faulty++;
      process.stdout.write(`seed ${seed}: the bound ${bound} is above the minimum ${truth}\n`);
    }
  }
  process.stdout.write(`${counts.positive} positive, ${counts.proven} proven\n`);
}

async function judgeVerdicts() {
  const solver = await loadHighsSolver();
  const counts = {};
  const open = { jumps: [], none: [] };
  for (let seed = first; seed < first + networks; seed++) {
    const { verdict, truth, jumps, faults } = await soundnessCase(solver, seed, seed % every === 0);
    const key = `${verdict.verdict}${verdict.by === null ? '' : ` by ${verdict.by}`}`;
    counts[key] = (counts[key] ?? 0) + 1;
    if (verdict.verdict === 'unresolved') (jumps ? open.jumps : open.none).push(truth);
    if (faults.length > 0) faulty++;
    for (const fault of faults) process.stdout.write(`seed ${seed}: ${fault}\n`);
    if ((seed - first + 1) % 1000 === 0) process.stderr.write(`  ${seed - first + 1}/${networks}, ${faulty} faulty\n`);
  }
  for (const [key, count] of Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)))
    process.stdout.write(`${key}: ${count}\n`);
  for (const [key, truths] of Object.entries(open))
    if (truths.length > 0)
      process.stdout.write(
        `${truths.length} unresolved with ${key}: minimum ${Math.min(...truths)} to ${Math.max(...truths)}\n`,
      );
}
