import type { LeafUnderWay } from '@mipnet/recursion';
import { durationText, plainLine } from '@mipnet/text';

/** What --verbose prints: a line for everything that a MIP says and has not said before. */
export class LeafEvents {
  #seen = new Map<string, LeafUnderWay>();

  /** @returns lines. @param now milliseconds since 1970 */
  of(underWay: readonly LeafUnderWay[], now: number): string[] {
    const lines = underWay.flatMap((leaf) => {
      const before = this.#seen.get(leaf.name);
      const events = eventsOf(leaf, before?.startedAt === leaf.startedAt ? before : undefined);
      const time = durationText((now - leaf.startedAt) / 1000);
      return events.map((event) => plainLine(`${leaf.name}, ${time}: ${event}`));
    });
    // A MIP that is not named any more has ended, or others have run longer.
    this.#seen = new Map(underWay.map((leaf) => [leaf.name, leaf]));
    return lines;
  }
}

function eventsOf(leaf: LeafUnderWay, before: LeafUnderWay | undefined): string[] {
  const { step, objective, bound, nodes, work } = leaf;
  const number = (value: number): string => String(Number(value.toPrecision(7)));
  const isBetter = objective !== null && objective < (before?.objective ?? Infinity);
  const isTighter = bound !== null && bound > (before?.bound ?? -Infinity);
  const cost = `${nodes.toLocaleString('en-US')} nodes, ${work.toLocaleString('en-US')} LP iterations`;
  return [
    ...(before === undefined ? ['begins'] : []),
    ...(step !== undefined && step !== before?.step ? [step] : []),
    ...(isBetter ? [`objective ${number(objective)}${bound === null ? '' : `, bound ${number(bound)}`}, ${cost}`] : []),
    ...(isTighter && !isBetter ? [`bound ${number(bound)}, ${cost}`] : []),
  ];
}
