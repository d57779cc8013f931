import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startFaultProxy, startVersitygw, type FaultProxy, type Versitygw } from '@mipnet/test-servers';
import { mipnet, type Ended } from './command.js';
import { sometimes } from './network-faults.js';
import { killOne } from './processes.js';

/** `s3` and the processes are killed with kill -9 and come back; `network` disturbs all requests to S3. */
export const disturbances = ['solver', 'orchestrator', 'temporal', 's3', 'network'] as const;
export type Disturbance = (typeof disturbances)[number];

export interface ChaosOptions {
  /** Arguments of `mipnet train` that name the plan. It must not have a time limit: the bytes are compared. */
  readonly plan: readonly string[];
  /** Pause between two kills, seconds. */
  readonly everySeconds: number;
  /** In this order, from the first solved MIP on. */
  readonly disturbances: readonly Disturbance[];
  /** How often all faults happen before the runs are no longer disturbed. */
  readonly times: number;
  /** Runs of the plan at once. */
  readonly runs: number;
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  /** How often each process was killed, or requests were disturbed. */
  readonly done: Readonly<Record<Disturbance, number>>;
  /** One a run. */
  readonly ended: readonly Ended[];
  readonly networks: readonly Buffer[];
  /** Files (logs, histories, objects) and outputs that hold the secret key of the object store: there must be none. */
  readonly leaks: readonly string[];
}

/** The network of the plan without disturbance: in one process, in a store of its own. */
export async function undisturbed(plan: readonly string[], say: (line: string) => void): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-chaos-'));
  try {
    const env = { ...process.env, MIPNET_HOME: join(folder, 'home'), MIPNET_STORE: join(folder, 'store') };
    const ended = await mipnet(['train', ...plan, '--engine', 'local', '--out', join(folder, 'net.onnx')], env, say);
    if (ended.code !== 0) throw new Error(`the undisturbed run ended with ${ended.code}:\n${ended.stderr}`);
    return readFileSync(join(folder, 'net.onnx'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the plan on a stack of its own, with its objects in S3, while processes are killed and requests disturbed. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'mipnet-chaos-'));
  const home = join(folder, 'home');
  const s3 = await startVersitygw();
  const proxy = await startFaultProxy(s3.endpoint);
  mkdirSync(join(s3.folder, 'mipnet'));
  const { TEMPORAL_ADDRESS: _address, MIPNET_STORE: _store, ...inherited } = process.env;
  const env = {
    ...inherited,
    MIPNET_HOME: home,
    TEMPORAL_CONFIG_FILE: join(folder, 'no-profile.toml'),
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: 'us-east-1',
  };
  try {
    const up = await mipnet(['up', '--store', 's3://mipnet/chaos', '--slots', '2'], env, options.say);
    if (up.code !== 0) throw new Error(`the stack did not start:\n${up.stderr}`);
    const result = await disturbedRuns(options, { folder, home, env, s3, proxy });
    const outputs = result.ended.flatMap(({ stdout, stderr }, run) =>
      (stdout + stderr).includes(s3.secretKey) ? [`output of run ${run}`] : [],
    );
    return { ...result, leaks: [...outputs, ...filesWith(s3.secretKey, home), ...filesWith(s3.secretKey, s3.folder)] };
  } finally {
    await mipnet(['down'], env);
    await proxy.stop();
    await s3.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A dev server keeps its histories in a file below the state folder, as plain bytes. */
function filesWith(secret: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(secret));
}

interface Place {
  readonly folder: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly s3: Versitygw;
  readonly proxy: FaultProxy;
}

async function disturbedRuns(
  options: ChaosOptions,
  { folder, home, env, s3, proxy }: Place,
): Promise<Omit<ChaosResult, 'leaks'>> {
  const { plan, runs, say } = options;
  const done: Record<Disturbance, number> = { solver: 0, orchestrator: 0, temporal: 0, s3: 0, network: 0 };
  let solving = false;
  const files = Array.from({ length: runs }, (_, run) => join(folder, `${run}.onnx`));
  const running = files.map((file, run) =>
    mipnet(['train', ...plan, '--out', file, '--json'], env, (text) => {
      solving ||= /[1-9]\d*\/\d+ MIPs/.test(text);
      say(`run ${run}: ${text.trimEnd()}`);
    }),
  );
  let over = false;
  const ended = Promise.all(running).finally(() => (over = true));
  const kills = options.disturbances.filter((kind) => kind !== 'network');
  if (options.disturbances.includes('network')) proxy.fault = share(done);
  for (let next = 0; !over && next < options.times * kills.length;) {
    await pause(solving ? options.everySeconds * 1000 : 50);
    if (!solving || over) continue;
    const kind = kills[next % kills.length];
    if (kind === 's3') await s3.crash(500);
    // Not up again since the last time: it gets its turn.
    else if (!killOne(home, kind)) continue;
    say(`kill -9: ${kind}`);
    done[kind]++;
    next++;
  }
  const results = await ended;
  proxy.fault = () => undefined;
  return {
    done,
    ended: results,
    networks: files.map((file, run) => (results[run].code === 0 ? readFileSync(file) : Buffer.alloc(0))),
  };
}

const spoiledShare = 0.04;

const share = (done: Record<Disturbance, number>): FaultProxy['fault'] => sometimes(spoiledShare, () => done.network++);
