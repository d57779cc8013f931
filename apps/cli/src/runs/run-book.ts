import type { Solved } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { CliError } from '../cli-error.js';
import { RunServer } from '../engine/run-server.js';
import type { ServerRun } from '../engine/server-run.js';
import type { Paths } from '@mipnet/stack/folders';
import { serverOfEnvironment, findKeptStack } from '@mipnet/stack';
import { RunFailedError } from './run-failed-error.js';
import { UnreadableRunError } from './unreadable-run-error.js';
import { plainLine, mipnetCommand } from '@mipnet/text';
import { isRunId } from './run-id.js';
import {
  hasDatabase,
  processOf,
  readRecord,
  readRecords,
  writeRecord,
  type RunEnd,
  type RunRecord,
  type RunRequest,
  type ServerPlace,
} from './run-record.js';

/**
 * `lost`: the process that had the run in hand died; `unreachable`: its server is not up, or is not the one that commands
 * talk to now.
 */
export type RunStatus = 'running' | 'paused' | 'stopping' | 'completed' | 'stopped' | 'failed' | 'lost' | 'unreachable';

/** A run, put together from its record and from what its server says. */
export interface KnownRun {
  readonly run: string;
  /** Of its root: train, verify. */
  readonly kind: string;
  readonly engine: 'temporal' | 'local';
  readonly status: RunStatus;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** undefined for a run of a cluster that another version of mipnet started. */
  readonly request: RunRequest | undefined;
  readonly record: RunRecord | undefined;
  /** Connected; undefined where there is none to talk to. */
  readonly server: RunServer | undefined;
  readonly end: RunEnd | undefined;
  /** While it runs and a worker answers. */
  readonly progress: Progress | undefined;
  /** What it waits for, while it runs and nobody works on it. */
  readonly waitsFor?: string;
}

/** The runs this machine knows of: those with a record here, and those of the server that commands talk to. */
export class RunBook {
  readonly #servers = new Map<string, Promise<RunServer | undefined>>();

  constructor(
    private readonly paths: Pick<Paths, 'data'>,
    private readonly say: (line: string) => void,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Newest first. A run whose data cannot be read is left out, and said. */
  async list(limit: number): Promise<readonly KnownRun[]> {
    const unreadable = new Set<string>();
    const leaveOut = (run: string): void => void unreadable.add(run);
    const records = (await readRecords(this.paths, leaveOut)).slice(0, limit);
    const present = await this.#presentServer();
    const served = present ? await present.list(limit) : [];
    const recorded = new Set(records.map(({ run }) => run));
    const others = served.filter(({ run }) => !recorded.has(run));
    for (const { run } of others.filter((other) => other.unreadable !== undefined)) leaveOut(run);
    const readable = others.filter((other) => other.unreadable === undefined);
    const newest = [...records, ...readable].sort((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, limit);
    const known = await Promise.all(
      newest.map(async (entry) => {
        try {
          return await ('format' in entry ? this.#ofRecord(entry) : this.#ofServer(entry, present!, undefined));
        } catch (error) {
          if (!(error instanceof UnreadableRunError)) throw error;
          leaveOut(entry.run);
          return undefined;
        }
      }),
    );
    if (unreadable.size > 0) {
      const runs =
        unreadable.size === 1 ? '1 run with unreadable data was' : `${unreadable.size} runs with unreadable data were`;
      this.say(`${runs} left out: ${[...unreadable].join(', ')}`);
    }
    return known.filter((run) => run !== undefined);
  }

  /**
   * @param name a run's id, the beginning of one, or `last`: the newest run that was started from here
   * @throws CliError 'bad-input' for a name of no run, or of several, and for a run whose data cannot be read
   */
  async find(name: string): Promise<KnownRun> {
    if (name === 'last') return this.#last();
    if (!isRunId(name))
      throw new CliError(
        'bad-input',
        `'${plainLine(name)}' is not the id of a run; "${mipnetCommand('runs')}" lists them`,
      );
    const own = await readRecord(this.paths, name, (run) =>
      this.say(`the record of ${run} cannot be read by this version of mipnet`),
    );
    if (own) return this.#ofRecord(own);
    const present = await this.#presentServer();
    const served = present ? await present.list(10, name) : [];
    const records = (await readRecords(this.paths)).filter(({ run }) => run.startsWith(name));
    const found = [...new Set([...records, ...served].map(({ run }) => run))];
    const run = found.includes(name) ? name : found.length === 1 ? found[0] : undefined;
    if (run === undefined && found.length > 1)
      throw new CliError(
        'bad-input',
        `'${name}' is the beginning of several runs, such as ${found.slice(0, 3).join(', ')}; give more of the id`,
      );
    if (run === undefined)
      throw new CliError(
        'bad-input',
        `there is no run '${name}'; "${mipnetCommand('runs')}" lists those that are known here`,
      );
    const record = records.find((candidate) => candidate.run === run);
    if (record) return this.#ofRecord(record);
    const one = served.find((candidate) => candidate.run === run)!;
    if (one.unreadable === undefined) return this.#ofServer(one, present!, undefined);
    throw new UnreadableRunError(
      'bad-input',
      `what the server says of ${run} cannot be read (${one.unreadable}); it was started by another version of mipnet, or by something else`,
    );
  }

  /** Never somebody else's run: on a shared server the newest run may be anyone's. */
  async #last(): Promise<KnownRun> {
    const record = (await readRecords(this.paths)).find(({ watched }) => !watched);
    if (record) {
      const known = await this.#ofRecord(record);
      // What came last may not be what somebody has in mind: the training, say, and not the verification after it.
      this.say(`last is ${record.run} (${known.kind === 'verify' ? 'verification' : 'training'}, ${known.status})`);
      return known;
    }
    const others = (await this.list(5)).map(({ run }) => run);
    if (others.length === 0)
      throw new CliError('bad-input', `there is no run yet; start one with "${mipnetCommand('train')}"`);
    throw new CliError(
      'bad-input',
      `'last' is the newest run that was started from here, and there is none; give the id of a run, such as ${others.join(', ')}`,
    );
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await (await server)?.close();
  }

  async #ofRecord(record: RunRecord): Promise<KnownRun> {
    const { run, startedAt, end, server: place } = record;
    const base = {
      run,
      kind: record.asked.kind,
      startedAt,
      record,
      request: record,
      engine: place ? 'temporal' : 'local',
      progress: undefined,
    } as const;
    if (end) return { ...base, status: end.status, endedAt: end.at, end, server: undefined };
    const without = (status: RunStatus): KnownRun => ({
      ...base,
      status,
      endedAt: null,
      end: undefined,
      server: undefined,
    });
    if (place === null || place.kind === 'own') {
      if ((await processOf(this.paths, run)) === undefined) return without('lost');
      if (place === null) return without('running');
    }
    const server = await this.#serverOf(place);
    if (!server) return without('unreachable');
    const served = await server.find(run).catch(() => undefined);
    return served ? this.#ofServer(served, server, record) : without('lost');
  }

  async #ofServer(
    { run, kind, state, startedAt, endedAt, request }: ServerRun,
    server: RunServer,
    record: RunRecord | undefined,
  ): Promise<KnownRun> {
    const base = {
      run,
      kind,
      startedAt: record?.startedAt ?? startedAt,
      record,
      request: record ?? request,
      engine: 'temporal',
      server,
    } as const;
    if (state === 'running') {
      const progress = await server.progress(run);
      const wait = progress?.paused ? undefined : await server.waitOf(run, undefined, progress ? undefined : '');
      const status = progress?.stopped ? 'stopping' : progress?.paused ? 'paused' : 'running';
      return { ...base, status, endedAt: null, end: undefined, progress, waitsFor: wait?.text };
    }
    const at = endedAt ?? new Date().toISOString();
    const end = await server.result(run).then(
      (solved: Solved): RunEnd => ({ status: solved.stopped ? 'stopped' : 'completed', at, solved }),
      (error: unknown): RunEnd => {
        if (!(error instanceof RunFailedError)) throw error;
        return { status: 'failed', at, message: error.message };
      },
    );
    // A server forgets ended runs after a while; the record does not.
    if (record) await writeRecord(this.paths, { ...record, end });
    return { ...base, status: end.status, endedAt: at, end, progress: undefined };
  }

  /** The environment's server, else the kept one; the same as runs are started on. */
  async #presentServer(): Promise<RunServer | undefined> {
    const named = serverOfEnvironment(this.env);
    if (named) return this.#connected({ kind: 'environment', ...named, uiUrl: null });
    return this.#keptServer();
  }

  async #keptServer(): Promise<RunServer | undefined> {
    const kept = await findKeptStack(this.paths);
    return (
      kept && this.#connected({ kind: 'kept', address: kept.address, namespace: kept.namespace, uiUrl: kept.uiUrl })
    );
  }

  #serverOf(place: ServerPlace): Promise<RunServer | undefined> {
    if (place.kind === 'own') return this.#connected(place);
    // The kept server may have been down and up again at another address; its runs are still in it.
    if (place.kind === 'kept') return this.#keptServer();
    const named = serverOfEnvironment(this.env);
    return named?.address === place.address && named.namespace === place.namespace
      ? this.#presentServer()
      : Promise.resolve(undefined);
  }

  #connected(place: ServerPlace): Promise<RunServer | undefined> {
    const key = `${place.address} ${place.namespace}`;
    let server = this.#servers.get(key);
    if (!server) {
      server = RunServer.connect(place, this.say).catch((error: Error) => void this.say(error.message));
      this.#servers.set(key, server);
    }
    return server;
  }
}

/** Whether a lost run can be gone on with: its server's database is here. */
export const canRevive = async (paths: Pick<Paths, 'data'>, { status, record }: KnownRun): Promise<boolean> =>
  status === 'lost' && record?.server?.kind === 'own' && (await hasDatabase(paths, record.run));
