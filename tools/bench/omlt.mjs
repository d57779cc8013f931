#!/usr/bin/env node
/**
 * Side by side with OMLT (full-space big-M, HiGHS): the same network, boxes and margins. Small boxes, so that both end:
 *
 *     MIPNET_DATA=... node tools/bench/omlt.mjs --python /tmp/omlt-venv/bin/python --epsilon 0.005 --count 5
 *
 * Instances are the first properties of mnistfc 256x2, their boxes shrunk to epsilon round the image, one rival class
 * each. Encode is network and box to a solver's arrays, bounds included; verify is whether the margin can reach zero.
 * CPU seconds of both, median ratios. Needs `./mipnet build`, and the environment that omlt-peer.py names.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encodeTrained } from '@mipnet/encoding';
import { forward, fromOnnx } from '@mipnet/network';
import { loadHighsSolver } from '@mipnet/solver';
import {
  boundOutputsOf,
  boxRegion,
  excludeConjunction,
  misclassification,
  proveByMip,
  query,
  readVnnlib,
  rememberedCrown,
  verifyByBounds,
  vnnlibQueries,
} from '@mipnet/verification';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    python: { type: 'string' },
    epsilon: { type: 'string', default: '0.005' },
    count: { type: 'string', default: '5' },
  },
});
const folder = join(process.env.MIPNET_DATA ?? '.', 'mnistfc');
const file = join(folder, 'mnist-net_256x2.onnx');
const network = fromOnnx(readFileSync(file));
const solver = await loadHighsSolver();

const instances = [];
for (let p = 0; p < Number(values.count); p++) {
  const property = await readVnnlib(join(folder, `prop_${p}_0.03.vnnlib.gz`));
  const { lower, upper } = vnnlibQueries(property)[0].region.box;
  const centre = lower.map((low, i) => (low + upper[i]) / 2);
  const scores = forward(network, centre, 1);
  const order = [...scores.keys()].sort((one, other) => scores[other] - scores[one]);
  const epsilon = Number(values.epsilon);
  instances.push({
    lower: centre.map((value) => value - epsilon),
    upper: centre.map((value) => value + epsilon),
    label: order[0],
    rival: order[1],
  });
}

const cpu = () => process.cpuUsage().user / 1e6;

/** Ours: encode alone, every step of a verification, and the MIP alone with the branching and the bounds left out. */
async function ours({ lower, upper, label, rival }) {
  const region = boxRegion(Float64Array.from(lower), Float64Array.from(upper));
  const rows = misclassification(label, 10);
  const asked = query(region, [rows[rival > label ? rival - 1 : rival]]);
  let began = cpu();
  encodeTrained(network, region.box);
  const encode = cpu() - began;
  began = cpu();
  const byBounds = verifyByBounds(asked, boundOutputsOf(network, rememberedCrown(network)));
  const robust = byBounds.robust || (await proveByMip(solver)(network, asked, region.box.lower)).robust;
  const verify = cpu() - began;
  began = cpu();
  const mip = excludeConjunction(solver, {
    network,
    query: asked,
    conjunction: asked.unsafe[0],
    bounds: rememberedCrown(network)(region.box),
    start: region.box.lower,
  });
  return { encode, verify, robust, mip: cpu() - began, byMip: mip.impossible };
}

const peer = spawn(values.python ?? 'python3', [fileURLToPath(new URL('./omlt-peer.py', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const ratios = { encode: [], verify: [], mip: [] };
process.stdout.write(
  '| instance | OMLT encode | ours | OMLT solve | ours, all steps | ours, MIP alone | OMLT margin | ours ' +
    '|\n| --- | --- | --- | --- | --- | --- | --- | --- |\n',
);
for (const [index, instance] of instances.entries()) {
  const mine = await ours(instance);
  peer.stdin.write(
    `${JSON.stringify({ network: file, ...instance, lower: [...instance.lower], upper: [...instance.upper] })}\n`,
  );
  const { value: line } = await answers.next();
  const theirs = JSON.parse(line);
  ratios.encode.push(theirs.encode / mine.encode);
  ratios.verify.push(theirs.solve / mine.verify);
  ratios.mip.push(theirs.solve / mine.mip);
  const cells = [
    index,
    theirs.encode.toFixed(2),
    mine.encode.toFixed(3),
    theirs.solve.toFixed(2),
    mine.verify.toFixed(3),
    mine.mip.toFixed(3),
    `${Number(theirs.value).toFixed(4)} (${theirs.status})`,
    mine.robust ? 'robust' : 'open',
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
peer.stdin.end();
const median = (list) => list.slice().sort((one, other) => one - other)[list.length >> 1];
for (const [name, list] of Object.entries(ratios))
  process.stdout.write(`${name}: ${median(list).toFixed(1)} times as fast at the median\n`);
