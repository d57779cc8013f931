import { openAnyStore } from '@mipnet/activities';
import { ensureStoreId } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import {
  findVerdict,
  getAnswers,
  openOnnxRuntime,
  prepareVerification,
  putModel,
  type Answer,
} from '@mipnet/verification';
import { join, resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { chooseEngine } from '../engine/choose-engine.js';
import type { Engine } from '../engine/engine.js';
import { storeOfRun } from '../engine/store-of-run.js';
import { exitCode } from '../exit-code.js';
import { onInterrupt } from '../interrupt.js';
import { mipnetPaths, tryLock, type ProcessLock } from '@mipnet/stack/folders';
import { newRunId } from '../runs/run-id.js';
import { sayFailures } from '../runs/verification-end.js';
import { forgetDatabase, pruneRecords, runFolder, writeRecord, type RunRequest } from '../runs/run-record.js';
import { watchStore } from '../runs/watch-store.js';
import { exitCodeOfRun, failedLine } from '../runs/what-is-missing.js';
import { whenStoreAnswers } from '../runs/when-store-answers.js';
import { serverOfEnvironment, findKeptStack } from '@mipnet/stack';
import { progressDisplay } from '../terminal/progress-display.js';
import { readNetworkFile } from './read-network.js';
import { verifyQuestions, type AskedQuestion, type QuestionOptions } from './verify-questions.js';
import { plainJson, plainText } from '@mipnet/text';
import { verifyReport } from './verify-report.js';
import { summaryOf } from './verify-summary.js';

export interface VerifyOptions extends QuestionOptions {
  /** Seconds for each image or property. */
  readonly timeLimit: number;
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store?: string;
  readonly slots: number;
  /** Folder for witnesses. */
  readonly out?: string;
  readonly json?: boolean;
}

/** As many questions or fewer are over before a server of their own has started. */
const fewQuestions = 50;

/**
 * `mipnet verify`: certified verdicts on images or on a VNN-LIB property. Verdicts that stand are kept in the object store, so
 * that the same question is answered once, also after this process was killed.
 */
export async function verify(file: string, options: VerifyOptions): Promise<number> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const paths = mipnetPaths();
  const run = newRunId('verify');
  let held: ProcessLock | undefined;
  let ended = false;
  const display = progressDisplay();
  const interrupt = onInterrupt(display.say, 'stopped before there was a verdict to keep', 'the verdicts of this run');
  let engine: Engine | undefined;
  try {
    const { network, bytes } = await readNetworkFile(file);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const model = await putModel(store, bytes).catch(refuseStore);
    const asked = await verifyQuestions(network, file, model, options, display.say);
    const answers = new Map<AskedQuestion, Answer['verdict']>();
    const runtime = await openOnnxRuntime(bytes);
    for (const one of asked.list) {
      const kept = await findVerdict(store, one.key, one.queries, network, runtime);
      if (kept) answers.set(one, kept);
    }
    await runtime.release();
    const reused = answers.size;
    if (reused > 0)
      display.say(
        `${reused} of ${asked.list.length} answered before: proofs and replayed witnesses are taken from ${storeUrl}`,
      );
    const left = asked.list.filter((one) => !answers.has(one));
    let solved: Solved | undefined;
    let failed = 0;
    if (left.length > 0) {
      const node = await prepareVerification(store, {
        name: 'verify',
        network,
        model,
        timeLimit: options.timeLimit,
        slots: options.slots,
        questions: asked.about(left),
      }).catch(refuseStore);
      engine = await chooseEngine({
        engine: await engineFor(options.engine, left.length),
        store,
        storeUrl,
        slots: options.slots,
        runFolder: runFolder(paths, run),
        say: display.say,
      });
      const uiUrl = engine.uiUrlOf(run);
      if (uiUrl) display.say(`watch it at ${uiUrl}`);
      if (engine.kind === 'local') held = await tryLock(join(runFolder(paths, run), 'lock'));
      const request: RunRequest = { run, asked: askedOf(resolve(file), options), node, storeUrl, startedAt };
      const record = { ...request, server: engine.server?.place ?? null };
      await pruneRecords(paths);
      await writeRecord(paths, record);
      interrupt.beginKeeping(() => display.say('stopping: the verdicts so far are kept (Ctrl-C again leaves at once)'));
      const watching = watchStore(store, display.say);
      solved = await engine
        .run({
          run,
          node,
          store: await ensureStoreId(store),
          request,
          onProgress: display.show,
          signal: interrupt.signal,
        })
        .finally(() => watching.end());
      display.end();
      await writeRecord(paths, {
        ...record,
        end: { status: solved.stopped ? 'stopped' : 'completed', at: new Date().toISOString(), solved },
      });
      ended = true;
      const { incumbent } = solved;
      const found = incumbent ? await whenStoreAnswers(() => getAnswers(store, incumbent), display.say) : [];
      left.forEach((one, at) => {
        const answer = found[at];
        if (!answer) return;
        answers.set(one, answer.verdict);
      });
      failed = sayFailures(found, display.say);
    }
    const report = await verifyReport(asked.list, (one) => answers.get(one), {
      network,
      file,
      options,
      reused,
      run:
        solved === undefined
          ? null
          : { run, workflowId: engine?.kind === 'temporal' ? run : null, uiUrl: engine?.uiUrlOf(run) ?? null },
      seconds: () => (performance.now() - began) / 1000,
    });
    process.stdout.write(options.json ? plainJson(report) : plainText(summaryOf(report)));
    const lost = solved && failedLine(solved);
    if (lost !== undefined) display.say(lost);
    if (failed > 0) return exitCode.incomplete;
    return solved ? exitCodeOfRun(solved) : exitCode.done;
  } finally {
    display.end();
    await engine?.close();
    if (ended && engine?.server?.place.kind === 'own') await forgetDatabase(paths, run);
    await held?.release();
    interrupt.end();
  }
}

/** What the run's record says of it. */
function askedOf(file: string, options: VerifyOptions): RunRequest['asked'] {
  const { vnnlib, images, epsilon, norm, goal, timeLimit, set = [] } = options;
  const path = (given: string | undefined): string | undefined => (given === undefined ? undefined : resolve(given));
  const about: readonly (readonly [string, unknown])[] =
    vnnlib === undefined
      ? [
          ['dataset', options.dataset],
          ['data', path(options.data)],
          ['file', path(options.file)],
          ['class', options.class],
          ['test', path(options.test)],
          ['test-fraction', options.testFraction],
          ['split-seed', options.splitSeed],
          ...set.map((setting) => ['set', setting] as const),
          ['images', images],
          ['epsilon', epsilon],
          ['norm', norm],
          ['goal', goal],
          ['weights', path(options.weights)],
        ]
      : [['vnnlib', path(vnnlib)]];
  const said = about.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)] as const);
  return {
    kind: 'verify',
    network: file,
    facts: [['network', file], ...said, ['time limit', `${timeLimit} s`]],
    args: [file, ...said.flatMap(([name, value]) => [`--${name}`, value]), '--time-limit', String(timeLimit)],
  };
}

/** Where there is a server, it is used; one of its own pays from many questions on. */
async function engineFor(engine: VerifyOptions['engine'], questions: number): Promise<VerifyOptions['engine']> {
  if (engine !== 'auto' || questions > fewQuestions || serverOfEnvironment() || (await findKeptStack(mipnetPaths())))
    return engine;
  return 'local';
}

/** Before a run, a store that does not answer is the wrong place; later it is bad luck. */
function refuseStore(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'unavailable') throw error;
  throw new CliError('bad-input', `the object store cannot be used: ${(error as Error).message}`, { cause: error });
}
