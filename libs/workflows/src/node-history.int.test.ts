import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { continueAtBytes, costOfDivision, progressQuery, serverLimits } from './index.js';
import { fakeNode, type FakeTraining } from './testing/fake-training.js';
import { inProcess } from './testing/in-process.js';
import { fixture, hasServer, NodeServer, writeFixtures } from './testing/node-server.js';

describe.skipIf(!hasServer).concurrent('the history of a node', () => {
  const nodes = new NodeServer();
  beforeAll(() => nodes.start());
  afterAll(() => nodes.stop());

  const countRuns = async (workflowId: string): Promise<number> => {
    let count = 0;
    // The list of runs is written a moment after the last of them ended.
    for (let tries = 0; tries < 50 && count < 3; tries++) {
      count = (await nodes.client.workflow.count(`WorkflowId = "${workflowId}"`)).count;
      await pause(100);
    }
    return count;
  };

  it('keeps its history short over many rounds', async () => {
    const fake: FakeTraining = { parts: { batches: 3 }, rounds: { batches: 40 } };
    await nodes.withRun(
      fake,
      { node: fakeNode('batches'), window: 3, historyLimit: 300 },
      async ({ handle, workflowId }) => {
        expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
        const { events } = await nodes.client.workflow.getHandle(workflowId).fetchHistory();
        expect(events!.length).toBeLessThan(400);
        expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
        expect(await nodes.client.workflow.getHandle(workflowId).query(progressQuery)).toMatchObject({
          round: 39,
          solved: 120,
          total: 120,
        });
      },
    );
  });

  it('counts the bytes of a round at most, and not many times as many', async () => {
    await nodes.withRun({ parts: { pairs: 60 } }, { node: fakeNode('pairs'), window: 20 }, async ({ handle }) => {
      const solved = await handle.result();
      const { raw } = await handle.describe();
      const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes);
      // A part is about as long as the whole but for its network's name, which holds those of all parts here.
      const part = JSON.stringify({ ...solved, incumbent: { ...solved.incumbent, key: 'root/0.10' } }).length;
      const { historyBytes } = costOfDivision(60, true, part);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(historyBytes - continueAtBytes);
      expect(historyBytes - continueAtBytes).toBeLessThan(6 * bytes);
    });
  });

  it('continues as new by the size of its history, too', async () => {
    const fake: FakeTraining = { parts: { batches: 3 }, rounds: { batches: 12 } };
    const input = { node: fakeNode('batches'), window: 3, historyBytesLimit: 20_000 };
    await nodes.withRun(fake, input, async ({ handle, workflowId }) => {
      expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
      expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
    });
  });

  // Some minutes: MIPNET_LARGE=1 ./mipnet test int libs/workflows
  if (process.env.MIPNET_LARGE) {
    it.each([
      [2000, 1],
      [3, 200],
    ])(
      'keeps the limits of the server with %i parts a round and %i rounds',
      { timeout: 3_600_000 },
      async (count, rounds) => {
        const fake: FakeTraining = { parts: { batches: count }, rounds: { batches: rounds } };
        await nodes.withRun(
          fake,
          { node: fakeNode('batches'), window: 500, historyLimit: 1000 },
          async ({ handle, workflowId }) => {
            expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
            const last = nodes.client.workflow.getHandle(workflowId);
            const { events } = await last.fetchHistory();
            const largest = Math.max(
              ...events!.map(
                (event) =>
                  event.activityTaskScheduledEventAttributes?.input?.payloads?.reduce(
                    (sum, { data }) => sum + (data?.length ?? 0),
                    0,
                  ) ?? 0,
              ),
            );
            const cost = costOfDivision(count, true, largest / count);
            console.log(
              `${count} parts, ${rounds} rounds: ${events!.length} events in the last history, largest ` +
                `message ${largest} bytes`,
            );
            expect(events!.length).toBeLessThan(Math.min(cost.historyEvents, serverLimits.historyEvents));
            expect(largest).toBeLessThan(serverLimits.payloadBytes);
            const { raw } = await last.describe();
            expect(Number(raw.workflowExecutionInfo?.historySizeBytes)).toBeLessThan(cost.historyBytes);
            if (rounds > 1) expect(await countRuns(workflowId)).toBeGreaterThanOrEqual(3);
            expect(await last.query(progressQuery)).toMatchObject({ solved: count * rounds, total: count * rounds });
          },
        );
      },
    );
  }

  it('continues as new between rounds when the history is long', async () => {
    const fake: FakeTraining = { parts: { batches: 2 }, rounds: { batches: 3 } };
    await nodes.withRun(
      fake,
      { node: fakeNode('batches'), window: 2, historyLimit: 5 },
      async ({ handle, workflowId }) => {
        expect(await handle.result()).toEqual(await inProcess(fake, fakeNode('batches')));
        expect(await countRuns(workflowId)).toBe(3);
        expect(await nodes.client.workflow.getHandle(workflowId).query(progressQuery)).toMatchObject({
          round: 2,
          solved: 6,
          total: 6,
        });
      },
    );
  });

  it.skipIf(writeFixtures).each(['nested', 'failed-leaf', 'stopped'])(
    'replays the committed history %s',
    async (name) => {
      await nodes.replay(await readFile(fixture(name), 'utf8'));
    },
  );
});
