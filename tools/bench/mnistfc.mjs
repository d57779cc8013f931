#!/usr/bin/env node
/**
 * The properties of VNN-COMP's mnistfc benchmark, against the verdicts known for them (known-verdicts.mjs). Needs
 * `./mipnet build`.
 *
 *     MIPNET_DATA=... node tools/bench/mnistfc.mjs --time-limit 120 --slots 1 [--only prop_3_0.03,prop_1_0.03]
 *     MIPNET_DATA=... node tools/bench/mnistfc.mjs --network 256x4 --time-limit 9000 --cpu-limit 300
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { compareVerdicts, limitOptions } from './known-verdicts.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    data: { type: 'string', default: join(process.env.MIPNET_DATA ?? '.', 'mnistfc') },
    network: { type: 'string', default: '256x2' },
    ...limitOptions('Infinity', '120'),
  },
});

await compareVerdicts(fileURLToPath(import.meta.url), values, () => {
  const only = values.only?.split(',').map((name) => name.replace('.vnnlib', ''));
  const file = values.network === '256x2' ? 'verdicts.csv' : `verdicts-${values.network}.csv`;
  const [head, ...lines] = readFileSync(join(values.data, file), 'utf8').trim().split('\n');
  const columns = head.split(',');
  const truthAt = Math.max(columns.indexOf('verdict_checked'), columns.indexOf('verdict'));
  return lines
    .map((line) => line.split(','))
    .map((cells) => ({
      name: cells[1].replace('.vnnlib', ''),
      network: join(values.data, cells[0]),
      property: join(values.data, cells[1]),
      truth: cells[truthAt],
    }))
    .filter(({ name }) => only === undefined || only.includes(name));
});
