/**
 * Instances (a network and a VNN-LIB property) against the verdicts known for them. They are verified one after the
 * other on each slot; a slot is a process of its own, so that its CPU seconds are those of its instance. On a machine
 * that others use, the CPU limit ends an instance by CPU seconds: wall seconds of an idle core. No store of proofs is
 * asked.
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Options of a benchmark of instances. */
export const limitOptions = (cpuLimit, timeLimit) => ({
  'time-limit': { type: 'string', default: timeLimit },
  'cpu-limit': { type: 'string', default: cpuLimit },
  slots: { type: 'string', default: '1' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
});

/**
 * @typedef {{ name: string, network: string, property: string, truth: string }} Instance paths, and the verdict known
 *   for it: holds, violated or unknown
 */

const named = { robust: 'holds', adversarial: 'violated', misclassified: 'violated' };

/**
 * Verifies the instances, prints a table (truth, ours, by which step, wall and CPU seconds) and the counts, and sets
 * the exit code: 1 if a verdict is wrong. In a process that it has started, it is a slot.
 * @param {string} program the path of the benchmark
 * @param {Record<string, any>} values of its options
 * @param {() => Instance[]} instances
 */
export async function compareVerdicts(program, values, instances) {
  if (process.send) return serve(Number(values['time-limit']), Number(values['cpu-limit']));
  const asked = instances();
  const rows = (await onSlots(program, asked, Number(values.slots))).map((row) => {
    const isDecided = named[row.ours] !== undefined;
    return { ...row, isWrong: isDecided && row.truth !== 'unknown' && named[row.ours] !== row.truth };
  });
  print(rows, values.json);
  process.exitCode = rows.some(({ isWrong }) => isWrong) ? 1 : 0;
}

/** One slot: verifies the instances that the parent sends. */
async function serve(timeLimit, cpuLimit) {
  const { readVnnlib } = await import('@mipnet/verification');
  const { VerifySlots } = await import('@mipnet/verification/slots');
  let current = '';
  let slots;
  process.on('message', async ({ network, property }) => {
    const [began, wall] = [process.cpuUsage(), performance.now()];
    const used = () => {
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1e6;
    };
    if (network !== current) {
      await slots?.close();
      const bytes = readFileSync(network);
      slots = new VerifySlots(network.endsWith('.gz') ? gunzipSync(bytes) : bytes, 1);
      current = network;
    }
    const over = new AbortController();
    const watch = setInterval(() => used() > cpuLimit && over.abort(), 100);
    const about = { property: await readVnnlib(existsSync(property) ? property : `${property}.gz`) };
    const { verdict, by, bound, reason } = await slots.verify({ about, timeLimit }, { signal: over.signal });
    clearInterval(watch);
    const seconds = (performance.now() - wall) / 1000;
    process.send({ ours: verdict, by, bound, reason, seconds, cpuSeconds: used() });
  });
  process.send({ ready: true });
}

/** @param {string} program @param {Instance[]} asked @param {number} slots */
async function onSlots(program, asked, slots) {
  const waiting = asked.keys();
  const answers = [];
  let answered = 0;
  const slot = () =>
    new Promise((resolve, reject) => {
      const child = fork(program, process.argv.slice(2));
      let current;
      child.on('message', (message) => {
        if (!message.ready) {
          const { name, truth } = asked[current];
          answers[current] = { name, truth, ...message };
          process.stderr.write(
            `  ${++answered}/${asked.length} ${name} (${truth}): ${message.ours} by ${message.by}, ` +
              `${message.cpuSeconds.toFixed(2)} CPU s of ${message.seconds.toFixed(1)} s\n`,
          );
        }
        const next = waiting.next();
        current = next.value;
        if (next.done) child.kill();
        else child.send(asked[current]);
      });
      child.once('exit', (code) => (code ? reject(new Error(`a slot ended with ${code}`)) : resolve(undefined)));
    });
  await Promise.all(Array.from({ length: Math.min(slots, asked.length) }, slot));
  return answers;
}

function print(rows, isJson) {
  const count = (is) => rows.filter(is).length;
  const right = count(({ ours, truth }) => named[ours] === truth);
  const isNew = count(({ ours, truth }) => named[ours] !== undefined && truth === 'unknown');
  const wrong = count(({ isWrong }) => isWrong);
  const times = rows.map(({ cpuSeconds }) => cpuSeconds).sort((one, other) => one - other);
  const sum = times.reduce((total, time) => total + time, 0);
  const cpuSeconds = { sum, median: times[times.length >> 1] ?? 0, max: times.at(-1) ?? 0 };
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ rows, right, isNew, wrong, cpuSeconds }, null, 2)}\n`);
    return;
  }
  const lines = rows.map(
    ({ name, truth, ours, by, seconds, cpuSeconds: used }) =>
      `| ${name} | ${truth} | ${ours} | ${by ?? ''} | ${seconds.toFixed(1)} | ${used.toFixed(2)} |`,
  );
  process.stdout.write(
    `| instance | truth | ours | by | wall s | CPU s |\n| --- | --- | --- | --- | --- | --- |\n${lines.join('\n')}\n` +
      `${right} right, ${isNew} decided whose verdict was unknown, ${wrong} wrong, ` +
      `${rows.length - right - isNew - wrong} unresolved of ${rows.length}; CPU s: ` +
      `median ${cpuSeconds.median.toFixed(2)}, largest ${cpuSeconds.max.toFixed(1)}, sum ${sum.toFixed(0)}\n`,
  );
}
