import { parseArgs } from 'node:util';
import { chaos, disturbances, undisturbed, type Disturbance } from './chaos.js';

const usage = `tools/chaos [PLAN.yaml] [--preset NAME] [--set key=value]... [--minutes 5] [--every 5] [--runs 2] [--only ${disturbances.join(',')}]

Trains a plan over and over, for the given minutes, while processes are killed with kill -9 every few seconds and the
network to the object store is disturbed, and compares the network of every run with that of an undisturbed one. Ends
with 1 at the first difference or failure. Without a plan: the built-in digits. Linux only.
`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      preset: text,
      set: { ...text, multiple: true, default: [] },
      minutes: { ...text, default: '5' },
      every: { ...text, default: '5' },
      runs: { ...text, default: '2' },
      only: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const kinds = (values.only?.split(',') ?? disturbances) as Disturbance[];
  const wrong = kinds.find((kind) => !disturbances.includes(kind));
  if (wrong !== undefined) throw new Error(`--only: there is no '${wrong}'; there are ${disturbances.join(', ')}`);
  const named = [...positionals, ...(values.preset === undefined ? [] : ['--preset', values.preset])];
  const plan = [
    ...(named.length > 0
      ? named
      : [
          '--dataset',
          'digits',
          '--set',
          'dataset.shifts=0',
          '--set',
          'dataset.perClass=10',
          '--set',
          'solver.workLimit=200',
        ]),
    ...values.set.flatMap((setting) => ['--set', setting]),
  ];
  const say = (line: string): void => void process.stderr.write(`${line.trimEnd()}\n`);
  say('the undisturbed run');
  const asked = await undisturbed(plan, say);
  const until = Date.now() + Number(values.minutes) * 60_000;
  for (let repeat = 0; repeat === 0 || Date.now() < until; repeat++) {
    const { done, ended, networks, leaks } = await chaos({
      plan,
      everySeconds: Number(values.every),
      disturbances: kinds,
      times: Infinity,
      runs: Number(values.runs),
      say,
    });
    const failed = ended.filter(({ code }) => code !== 0).length;
    const different = networks.filter((network, run) => ended[run].code === 0 && !network.equals(asked)).length;
    const reused = ended.map(({ code, stdout }) => (code === 0 ? JSON.parse(stdout).subproblems.reused : null));
    process.stdout.write(`${JSON.stringify({ repeat, runs: ended.length, failed, different, reused, leaks, done })}\n`);
    if (failed + different + leaks.length > 0) return 1;
  }
  return 0;
}

process.exitCode = await main().catch((error: Error & { readonly code?: string }) => {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  process.stderr.write(
    `chaos: ${error.message.split(/\. (?=[A-Z])/)[0].replace(/\.$/, '')}; --help says what can be given\n`,
  );
  return 2;
});
