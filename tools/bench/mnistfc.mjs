#!/usr/bin/env node
/**
 * The properties of VNN-COMP's mnistfc benchmark, one after the other on each slot, against the verdicts known for
 * them:
 *
 *     MIPNET_DATA=... node tools/bench/mnistfc.mjs --time-limit 120 --slots 1 [--only prop_3_0.03,prop_1_0.03]
 *
 * Prints a table (truth, ours, by which step, wall and CPU seconds) and the counts. Needs `./mipnet build`.
 * A slot is a process of its own, so that its CPU seconds are those of its property alone. On a machine that others
 * use, --cpu-limit ends a property by CPU seconds instead: wall seconds of an idle core.
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVnnlib } from '@mipnet/verification';
import { VerifySlots } from '@mipnet/verification/slots';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    data: { type: 'string', default: join(process.env.MIPNET_DATA ?? '.', 'mnistfc') },
    'time-limit': { type: 'string', default: '120' },
    'cpu-limit': { type: 'string', default: 'Infinity' },
    slots: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const timeLimit = Number(values['time-limit']);
const cpuLimit = Number(values['cpu-limit']);
const named = { robust: 'holds', adversarial: 'violated', misclassified: 'violated' };

if (process.send) await serve();
else await main();

/** One slot: verifies the properties that the parent names. */
async function serve() {
  let current = '';
  let slots;
  process.on('message', async ({ net, property }) => {
    if (net !== current) {
      await slots?.close();
      slots = new VerifySlots(readFileSync(join(values.data, net)), 1);
      current = net;
    }
    const began = process.cpuUsage();
    const wall = performance.now();
    const over = new AbortController();
    const watch = setInterval(() => {
      const { user, system } = process.cpuUsage(began);
      if (user + system > 1e6 * cpuLimit) over.abort();
    }, 200);
    const { verdict, by, bound } = await slots.verify(
      { about: { property: await readVnnlib(fileOf(property)) }, timeLimit },
      { signal: over.signal },
    );
    clearInterval(watch);
    const { user, system } = process.cpuUsage(began);
    process.send({
      property,
      verdict,
      by,
      bound,
      seconds: (performance.now() - wall) / 1000,
      cpuSeconds: (user + system) / 1e6,
    });
  });
  process.send({ ready: true });
}

/** @param {string} property */
function fileOf(property) {
  const plain = join(values.data, property);
  return existsSync(plain) ? plain : `${plain}.gz`;
}

async function main() {
  const only = values.only?.split(',').map((name) => name.replace('.vnnlib', ''));
  const [, ...lines] = readFileSync(join(values.data, 'verdicts.csv'), 'utf8').trim().split('\n');
  const asked = lines
    .map((line) => line.split(','))
    .map(([net, property, , , truth]) => ({ net, property, truth }))
    .filter(({ property }) => only === undefined || only.includes(property.replace('.vnnlib', '')));
  const results = await onSlots(asked);
  const rows = results.map(({ property, truth, verdict, by, seconds, cpuSeconds }) => ({
    property: property.replace('.vnnlib', ''),
    truth,
    ours: verdict,
    by,
    seconds,
    cpuSeconds,
    isWrong: named[verdict] !== undefined && named[verdict] !== truth,
  }));
  const right = rows.filter(({ ours, truth }) => named[ours] === truth).length;
  const wrong = rows.filter(({ isWrong }) => isWrong).length;
  const cpu = rows.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  if (values.json)
    process.stdout.write(`${JSON.stringify({ timeLimit, rows, right, wrong, cpuSeconds: cpu }, null, 2)}\n`);
  else {
    const cells = rows.map(
      ({ property, truth, ours, by, seconds, cpuSeconds }) =>
        `| ${property} | ${truth} | ${ours} | ${by ?? ''} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} |`,
    );
    process.stdout.write(
      `| property | truth | ours | by | wall s | CPU s |\n| --- | --- | --- | --- | --- | --- |\n${cells.join('\n')}\n`,
    );
    process.stdout.write(
      `${right} right, ${wrong} wrong, ${rows.length - right - wrong} unresolved ` +
        `of ${rows.length}; ${cpu.toFixed(0)} ` +
        `CPU s\n`,
    );
  }
  process.exitCode = wrong > 0 ? 1 : 0;
}

/** @param {{net: string, property: string, truth: string}[]} asked */
async function onSlots(asked) {
  const waiting = [...asked];
  const results = new Map();
  const slot = () =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
      const next = () => {
        const one = waiting.shift();
        if (one === undefined) child.kill();
        else child.send(one);
      };
      child.on('message', (message) => {
        if (!message.ready) {
          results.set(message.property, message);
          process.stderr.write(
            `  ${results.size}/${asked.length} ${message.property}: ${message.verdict} ` +
              `by ${message.by}, ${message.cpuSeconds.toFixed(1)} CPU s ` +
              `of ${message.seconds.toFixed(1)} s\n`,
          );
        }
        next();
      });
      child.once('exit', (code) => (code ? reject(new Error(`a slot ended with ${code}`)) : resolve(undefined)));
    });
  await Promise.all(Array.from({ length: Math.min(Number(values.slots), asked.length) }, slot));
  return asked.map((one) => ({ ...one, ...results.get(one.property) }));
}
