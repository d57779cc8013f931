import type { Group, Instance } from './instances.js';
import type { Measurement, Row } from './measurement.js';
import type { MeasureSlots } from './slots/measure-slots.js';

/** What has been measured before and is now, by the key of the instance. */
export interface MeasuredLog {
  get(key: string): Row | undefined;
  add(key: string, row: Row): void;
}

export interface StudyRun {
  readonly groups: readonly Group[];
  readonly slots: Pick<MeasureSlots, 'measure'>;
  readonly log: MeasuredLog;
  /** Called with every row measured now. */
  readonly onRow?: (row: Row) => void;
  /** A thread died; the study goes on. */
  readonly onCrash?: (row: Row, error: Error) => void;
  /** Aborted: no instance is begun any more, and those under way are given up. */
  readonly signal: AbortSignal;
}

/** Measures whatever is not in the log yet. @returns the rows that there are, in the order of the groups */
export async function runStudy({ groups, slots, log, onRow, onCrash, signal }: StudyRun): Promise<Row[]> {
  const failed = new Map<string, Row>();

  const measure = async (group: Group, open: readonly Instance[]): Promise<void> => {
    if (open.length === 0 || signal.aborted) return;
    const left = new Map(open.map((instance) => [instance.name.formulation, instance]));
    try {
      await slots.measure(
        {
          network: group.network.network,
          question: group.question,
          bounds: group.bounds,
          formulations: [...left.keys()],
          limits: group.limits,
        },
        ({ formulation, measurement }) => {
          const { name, key } = left.get(formulation)!;
          left.delete(formulation);
          const row = { ...name, ...measurement };
          log.add(key, row);
          onRow?.(row);
        },
        signal,
      );
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'crash') throw error;
      // The first one left is the one that was under way. It counts as failed and is not logged: the next run tries
      // again.
      const [crashed, ...others] = left.values();
      const row = { ...crashed.name, ...nothingMeasured };
      failed.set(crashed.key, row);
      onCrash?.(row, error as Error);
      await measure(group, others);
    }
  };

  await Promise.all(
    groups.map((group) =>
      measure(
        group,
        group.instances.filter(({ key }) => log.get(key) === undefined),
      ),
    ),
  );
  return groups
    .flatMap(({ instances }) => instances.map(({ key }) => log.get(key) ?? failed.get(key)))
    .filter((row) => row !== undefined);
}

const nothingMeasured: Measurement = {
  columns: 0,
  rows: 0,
  binaries: 0,
  nonZeros: 0,
  cuts: 0,
  relaxation: null,
  root: null,
  status: 'failed',
  objective: null,
  bound: null,
  contradiction: null,
  nodes: 0,
  work: 0,
  seconds: { bounds: 0, encode: 0, relaxation: 0, solve: 0 },
};
