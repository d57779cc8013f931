#!/usr/bin/env node
/**
 * Certificates of random small ONNX networks: each one must be accepted by the checker, and none may be accepted for a
 * question that a sample answers. Needs `./mipnet build`. Exit 1 if one is wrong or rejected.
 *
 *     node tools/bench/certificates.mjs --networks 10000 [--first 0]
 */
import { certificateCase } from '@mipnet/verification/certificate-case';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    networks: { type: 'string', default: '1000' },
    first: { type: 'string', default: '0' },
  },
});
const [networks, first] = [values.networks, values.first].map(Number);
const counts = {};
let [certified, faulty] = [0, 0];
for (let seed = first; seed < first + networks; seed++) {
  const { verdict, isCertified, faults } = await certificateCase(seed);
  counts[verdict] = (counts[verdict] ?? 0) + 1;
  if (isCertified) certified++;
  if (faults.length > 0) faulty++;
  for (const fault of faults) process.stdout.write(`seed ${seed}: ${fault}\n`);
  if ((seed - first + 1) % 100 === 0) process.stderr.write(`  ${seed - first + 1}/${networks}, ${faulty} faulty\n`);
}
for (const [key, count] of Object.entries(counts).sort()) process.stdout.write(`${key}: ${count}\n`);
process.stdout.write(
  `${networks} networks, ${certified} robust certificates, ${faulty} faulty, ` +
    `${(process.cpuUsage().user / 1e6).toFixed(0)} CPU s\n`,
);
process.exitCode = faulty > 0 ? 1 : 0;
