// Measured times for the simulator, from the history of a real run:
//   node tools/simulator/dist/measure.js WORKFLOW-ID [SOURCE [CPU-SECONDS]] > tools/simulator/samples/NAME.json
// The server is named by TEMPORAL_ADDRESS (default 127.0.0.1:7233). On a machine that others use too, give the CPU
// seconds of the solver process: all times are then scaled so that the leaves together take these and not the
// wall-clock time.
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import type { Solved } from '@mipnet/recursion';
import type { LeafOutcome } from '@mipnet/workflows';
import type { Samples } from './scenario.js';

interface Seen {
  readonly activity: string;
  readonly parts: number;
  startedAt: number;
}

const [workflowId, source = workflowId, cpuSeconds] = process.argv.slice(2);
if (!workflowId) throw new Error('usage: measure.js WORKFLOW-ID [SOURCE [CPU-SECONDS]]');
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();

const secondsOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
const seen = new Map<string, Seen>();
const leaf: number[] = [];
const spent = { divide: { seconds: 0, parts: 0 }, merge: { seconds: 0, parts: 0 } };
for (const event of events ?? []) {
  const {
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskStartedEventAttributes: started,
    activityTaskCompletedEventAttributes: completed,
  } = event;
  if (scheduled) {
    const parts: unknown =
      scheduled.activityType?.name === 'merge'
        ? defaultPayloadConverter.fromPayload(scheduled.input!.payloads![2])
        : [];
    seen.set(String(event.eventId), {
      activity: scheduled.activityType?.name ?? '',
      parts: (parts as unknown[]).filter((part) => part !== null).length,
      startedAt: 0,
    });
  } else if (started) seen.get(String(started.scheduledEventId))!.startedAt = secondsOf(event.eventTime);
  else if (completed) {
    const { activity, parts, startedAt } = seen.get(String(completed.scheduledEventId))!;
    const result: unknown = defaultPayloadConverter.fromPayload(completed.result!.payloads![0]);
    const seconds = secondsOf(event.eventTime) - startedAt;
    if (activity === 'solve') leaf.push((result as Solved).seconds.solver);
    if (activity === 'solveBundle')
      leaf.push(...(result as readonly LeafOutcome[]).flatMap(({ solved }) => solved?.seconds.solver ?? []));
    if (activity === 'divide')
      spent.divide = {
        seconds: spent.divide.seconds + seconds,
        parts: spent.divide.parts + (result as unknown[]).length,
      };
    if (activity === 'merge')
      spent.merge = { seconds: spent.merge.seconds + seconds, parts: spent.merge.parts + parts };
  }
}
if (leaf.length === 0)
  throw new Error(`the run ${workflowId} has solved no leaf of its own; give a node whose parts are leaves`);
const scale = cpuSeconds === undefined ? 1 : Number(cpuSeconds) / leaf.reduce((sum, seconds) => sum + seconds, 0);
const samples: Samples = {
  source,
  leaf: leaf.map((seconds) => Number((scale * seconds).toFixed(3))),
  dividePerPart: Number(((scale * spent.divide.seconds) / spent.divide.parts).toPrecision(3)),
  mergePerPart: Number(((scale * spent.merge.seconds) / spent.merge.parts).toPrecision(3)),
  eventsPerLeaf: Number(((events ?? []).length / leaf.length).toFixed(2)),
};
process.stdout.write(`${JSON.stringify(samples)}\n`);
await connection.close();
