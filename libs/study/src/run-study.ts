import type { Group, Instance } from './instances.js';
import type { Measurement, Row } from './measurement.js';
import type { MeasureSlots } from './slots/measure-slots.js';

/** Earlier and present measurements, by the key of the instance. */
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
  /** A thread died; the study continues. */
  readonly onCrash?: (row: Row, error: Error) => void;
  /** Aborted: no new instance begins, and running ones are cancelled. */
  readonly signal: AbortSignal;
}

/** Measures all instances that are not in the log yet. @returns the available rows, in the order of the groups */
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
      // The first remaining instance was running. It counts as failed and is not logged: the next run tries it again.
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
