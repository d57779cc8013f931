#!/usr/bin/env node
/**
 * The 186 instances of VNN-COMP's acasxu benchmark (45 networks with 5 inputs, 10 properties), against the verdicts
 * known for them (known-verdicts.mjs). Needs `./mipnet build`.
 *
 *     MIPNET_DATA=... node tools/bench/acasxu.mjs --cpu-limit 116 --slots 1 [--only 1_1/prop_1,prop_2]
 *
 * `--only` takes instances (1_1/prop_1), networks (1_1) and properties (prop_1). The CPU seconds of the first instance
 * of each network include the slot's thread, the network and the ONNX runtime.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { compareVerdicts, limitOptions } from './known-verdicts.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    data: { type: 'string', default: join(process.env.MIPNET_DATA ?? '.', 'acasxu') },
    ...limitOptions('116', '3600'),
  },
});

await compareVerdicts(fileURLToPath(import.meta.url), values, () => {
  const only = values.only?.split(',');
  const [, ...lines] = readFileSync(join(values.data, 'verdicts.csv'), 'utf8').trim().split('\n');
  return lines
    .map((line) => line.split(','))
    .map(([net, property, , truth]) => ({
      name: `${net.replace('ACASXU_run2a_', '').replace('_batch_2000.onnx', '')}/${property.replace('.vnnlib', '')}`,
      network: join(values.data, `${net}.gz`),
      property: join(values.data, property),
      truth,
    }))
    .filter(({ name }) => only === undefined || only.some((one) => one === name || name.split('/').includes(one)));
});
