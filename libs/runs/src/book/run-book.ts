// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import type { Solved } from '@mipnet/recursion';
import { mipnetCommand, plainLine } from '@mipnet/text';
import { kindOf } from '../kinds/kinds.js';
import { processOf, type DataFolder } from '../records/run-folder.js';
import { isRunId } from '../records/run-id.js';
import { readRecord, readRecords, writeRecord } from '../records/run-record.js';
import { endOf, type RunEnd, type RunRecord } from '../records/run-request.js';
import { RunError, RunFailedError, UnreadableRunError } from '../run-error.js';
import type { RunServer } from '../server/run-server.js';
import type { ServerRun } from '../server/server-run.js';
import type { KnownRun, RunStatus } from './known-run.js';
import { KnownServers } from './known-servers.js';

/** The runs that this machine knows: those with a record here, and those of the server that commands use. */
export class RunBook {
  readonly #servers: KnownServers;

  constructor(
    private readonly paths: DataFolder,
    private readonly say: (line: string) => void,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.#servers = new KnownServers(paths, say, env);
  }

  /** Newest first. A run with unreadable data is left out, with a message. */
  async list(limit: number): Promise<readonly KnownRun[]> {
    const unreadable = new Set<string>();
    const leaveOut = (run: string): void => void unreadable.add(run);
    const records = (await readRecords(this.paths, leaveOut)).slice(0, limit);
    const present = await this.#servers.present();
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
   * @param preferred kinds of which `last` is the newest run if there is one
   * @throws RunError 'bad-input' for a name of no run, or of several, and for a run whose data cannot be read
   */
  async find(name: string, preferred: readonly string[] = []): Promise<KnownRun> {
    if (name === 'last') return this.#last(preferred);
    if (!isRunId(name))
      throw new RunError(
        'bad-input',
        `'${plainLine(name)}' is not the id of a run; "${mipnetCommand('runs')}" lists them`,
      );
    const own = await readRecord(this.paths, name, (run) =>
      this.say(`the record of ${run} cannot be read by this version of mipnet`),
    );
    if (own) return this.#ofRecord(own);
    const present = await this.#servers.present();
    const served = present ? await present.list(10, name) : [];
    const records = (await readRecords(this.paths)).filter(({ run }) => run.startsWith(name));
    const run = theOne(name, [...new Set([...records, ...served].map((found) => found.run))]);
    const record = records.find((candidate) => candidate.run === run);
    if (record) return this.#ofRecord(record);
    const one = served.find((candidate) => candidate.run === run)!;
    if (one.unreadable === undefined) return this.#ofServer(one, present!, undefined);
    throw new UnreadableRunError(
      'bad-input',
      `the data of ${run} on the server cannot be read (${one.unreadable}); another version of mipnet, or ` +
        'another program, started it',
    );
  }

  /** Never another person's run: on a shared server the newest run may belong to anyone. */
  async #last(preferred: readonly string[]): Promise<KnownRun> {
    const own = (await readRecords(this.paths)).filter(({ watched }) => !watched);
    const record = own.find(({ asked }) => preferred.includes(asked.kind)) ?? own[0];
    if (record) {
      const known = await this.#ofRecord(record);
      // The user may mean another run than the last one: the training, for example, and not the verification after it.
      this.say(`last is ${record.run} (${known.kind.title}, ${known.status})`);
      return known;
    }
    const others = (await this.list(5)).map(({ run }) => run);
    if (others.length === 0)
      throw new RunError('bad-input', `there is no run yet; start one with "${mipnetCommand('train')}"`);
    throw new RunError(
      'bad-input',
      `'last' is the newest run that was started from here, and there is none; give the id of a run, such ` +
        `as ${others.join(', ')}`,
    );
  }

  close(): Promise<void> {
    return this.#servers.close();
  }

  async #ofRecord(record: RunRecord): Promise<KnownRun> {
    const { run, startedAt, end, server: place } = record;
    const base = {
      run,
      kind: kindOf(record.asked.kind, run),
      startedAt,
      record,
      request: record,
      engine: place ? 'temporal' : 'local',
      progress: undefined,
      server: undefined,
    } as const;
    if (end) return { ...base, status: end.status, endedAt: end.at, end };
    const without = (status: RunStatus): KnownRun => ({ ...base, status, endedAt: null, end: undefined });
    if (place === null || place.kind === 'own') {
      if ((await processOf(this.paths, run)) === undefined) return without('lost');
      if (place === null) return without('running');
    }
    const server = await this.#servers.of(place);
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
      kind: kindOf(kind, run),
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
      (solved: Solved): RunEnd => endOf(solved, at),
      (error: unknown): RunEnd => {
        if (!(error instanceof RunFailedError)) throw error;
        return { status: 'failed', at, message: error.message };
      },
    );
    // A server deletes ended runs after a while; the record stays.
    if (record) await writeRecord(this.paths, { ...record, end });
    return { ...base, status: end.status, endedAt: at, end, progress: undefined };
  }
}

/** @throws RunError 'bad-input' if a name means no run, or several */
function theOne(name: string, found: readonly string[]): string {
  if (found.includes(name)) return name;
  if (found.length === 1) return found[0];
  if (found.length === 0)
    throw new RunError(
      'bad-input',
      `there is no run '${name}'; "${mipnetCommand('runs')}" lists those that are known here`,
    );
  throw new RunError(
    'bad-input',
    `'${name}' is the beginning of several runs, such as ${found.slice(0, 3).join(', ')}; give more of the id`,
  );
}
