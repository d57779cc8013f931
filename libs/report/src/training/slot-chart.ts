// Tested by slot-chart.unit.test.ts.
import { pageChart } from '../charts/page-chart.js';
import { html, type Html } from '../page/html.js';
import { duration, percent } from '../page/numbers.js';

/** A solve in a slot, in seconds since the run began. */
export interface SlotWork {
  readonly slot: string;
  readonly from: number;
  readonly to: number;
}

/** A stretch of one slot with work; idle time below the width of a pixel is part of it. */
export interface Stretch extends SlotWork {
  readonly solves: number;
}

/** More slots do not fit; those with most work are shown. */
const mostSlots = 40;
/** Parts of the whole time that are still visible. */
const pixels = 600;

/** Joins solves that no idle time separates that could be seen. */
export function stretchesOf(work: readonly SlotWork[]): readonly Stretch[] {
  const end = Math.max(0, ...work.map(({ to }) => to));
  const visible = end / pixels;
  const stretches: Stretch[] = [];
  for (const slot of new Set(work.map((one) => one.slot))) {
    const own = work.filter((one) => one.slot === slot).sort((one, other) => one.from - other.from);
    let open: Stretch | undefined;
    for (const { from, to } of own) {
      // A boundary between long solves is shown, although no time is idle there.
      const isShort = open !== undefined && open.to - open.from < 6 * visible && to - from < 6 * visible;
      if (open && from - open.to < visible && isShort)
        open = { slot, from: open.from, to: Math.max(open.to, to), solves: open.solves + 1 };
      else {
        if (open) stretches.push(open);
        open = { slot, from, to, solves: 1 };
      }
    }
    if (open) stretches.push(open);
  }
  return stretches;
}

/** A Gantt chart of the slots: bars are solves, gaps are idle time. Null without times. */
export async function slotChart(work: readonly SlotWork[]): Promise<Html | null> {
  if (work.length === 0) return null;
  const busyOf = new Map<string, number>();
  for (const { slot, from, to } of work) busyOf.set(slot, (busyOf.get(slot) ?? 0) + to - from);
  const end = Math.max(...work.map(({ to }) => to));
  const begin = Math.min(...work.map(({ from }) => from));
  const busiest = [...busyOf.entries()].sort(([, one], [, other]) => other - one);
  const slots = busiest.slice(0, mostSlots).map(([slot]) => slot);
  const names = new Map(slots.toSorted().map((slot, at) => [slot, shortName(slot, at)]));
  const values = stretchesOf(work)
    .filter(({ slot }) => names.has(slot))
    .map(({ slot, from, to }, at) => ({ slot: names.get(slot), from, to, odd: at % 2 }));
  const busy = busiest.reduce((sum, [, seconds]) => sum + seconds, 0);
  const whole = (end - begin) * busyOf.size;
  const used = whole > 0 ? Math.min(1, busy / whole) : 1;
  const label = `Solves per slot over time: ${busyOf.size} slots, ${percent(used, 1)} of their time in use`;
  const draw = (width: number): Promise<Html> =>
    pageChart(
      {
        width,
        height: { step: 18 },
        data: { values },
        mark: { type: 'bar', height: { band: 0.8 }, stroke: 'var(--paper)', strokeWidth: 0.5 },
        encoding: {
          y: { field: 'slot', type: 'nominal', title: null, sort: [...names.values()], axis: { labelLimit: 90 } },
          x: { field: 'from', type: 'quantitative', title: 'seconds', axis: { tickCount: 6 } },
          x2: { field: 'to' },
          opacity: { field: 'odd', type: 'ordinal', legend: null, scale: { domain: [0, 1], range: [0.75, 1] } },
        },
      },
      label,
    );
  const left = busiest.length - slots.length;
  return html`<div class="broad fit">${await draw(640)}</div>
    <div class="narrow fit">${await draw(260)}</div>
    <p class="soft">
      Bars are solves, gaps are idle time. Between the first and the last solve, ${busyOf.size}
      ${busyOf.size === 1 ? 'slot was' : 'slots were'} in use for ${percent(used, 1)} of the time
      (${duration(Math.max(0, whole - busy))} idle).
      ${left > 0 ? `The ${slots.length} busiest of ${busiest.length} slots are shown.` : ''}
    </p>`;
}

/** `host/41/0` becomes `host 0` if that is short. */
function shortName(slot: string, at: number): string {
  const host = slot.split('/')[0];
  return `${host.length > 10 ? `${host.slice(0, 9)}…` : host} ${at + 1}`;
}
