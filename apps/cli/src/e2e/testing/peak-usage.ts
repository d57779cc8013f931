import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Ended, Home } from './command.js';

export interface Usage {
  /** Largest memory of the process, MiB. */
  readonly memory: number;
  /** Processor time of all its threads, seconds: wall-clock time depends on the other load of the machine. */
  readonly seconds: number;
}

// A module that the process loads first; it writes what the process has used when that ends.
const preload = `
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => writeFileSync(process.env.MIPNET_TEST_USAGE, JSON.stringify(process.resourceUsage())));
`;

/** Runs the command and measures it. @throws if it ended without an exit, as after running out of memory */
export async function measuredRun(
  home: Home,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended & Usage> {
  const [module, usage] = [home.path('preload.mjs'), home.path('usage.json')];
  writeFileSync(module, preload);
  writeFileSync(usage, '');
  const ended = await home.run(args, {
    ...env,
    NODE_OPTIONS: `--import=${pathToFileURL(module).href}`,
    MIPNET_TEST_USAGE: usage,
  });
  const text = readFileSync(usage, 'utf8');
  if (text === '') throw new Error(`the command died (code ${ended.code}): ${ended.stderr.slice(-500)}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(text) as NodeJS.ResourceUsage;
  return { ...ended, memory: maxRSS / 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 };
}
