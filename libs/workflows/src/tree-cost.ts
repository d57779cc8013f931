import { continueAtBytes, continueAtEvents, mostParts } from './largest.js';

// The cost of a division for a Temporal server, before anything is started. The counts are measured on histories of
// real runs (tools/simulator/samples holds one: 11.4 events per leaf, including its share of workflow tasks, merges and
// reports).

/** Events of one part in the history of its node. */
const eventsPerLeaf = 12;
/** A child is started, reports its progress and ends; reports of all children of a round are at most 4,000 signals. */
const eventsPerChild = 16;
const eventsOfReports = 16_000;
/** Dividing, merging, and everything else that happens once per round. */
const eventsPerRound = 60;
/** Of an event without what it carries. */
const bytesPerEvent = 100;
/** Of a child's report with its events; see `eventsOfReports`. */
const bytesOfReports = 4 * 2 ** 20;
/**
 * How often the history of a round holds a part: as a node by `divide`, as the input and as the result of its solve,
 * and as a result in ten interim merges, half of them before it has ended, and in the last one.
 */
const copiesOfPart = 3 + 10 / 2 + 0.5 + 1;

/** Most events and bytes that a Temporal server accepts. */
export const serverLimits = { historyEvents: 51_200, historyBytes: 50 * 2 ** 20, payloadBytes: 2 * 2 ** 20 } as const;

export interface DivisionCost {
  /** Events of the node's history when the round is over, at most. */
  readonly historyEvents: number;
  /** Bytes of the same, at most. */
  readonly historyBytes: number;
  /** The results of all parts, as one message to `merge`. */
  readonly payloadBytes: number;
}

/**
 * @param parts of one round of one node
 * @param leaves whether the parts are MIPs; otherwise each is a child workflow
 * @param bytesPerPart of the JSON that one result travels as
 */
export function costOfDivision(parts: number, leaves: boolean, bytesPerPart: number): DivisionCost {
  const round = eventsPerRound + parts * (leaves ? eventsPerLeaf : eventsPerChild) + (leaves ? 0 : eventsOfReports);
  // A node continues as new between two rounds only, so a round can begin just below that length.
  const bytes = round * bytesPerEvent + parts * bytesPerPart * copiesOfPart + (leaves ? 0 : bytesOfReports);
  return {
    historyEvents: continueAtEvents + round,
    historyBytes: Math.round(continueAtBytes + bytes),
    payloadBytes: parts * bytesPerPart,
  };
}

/** Why a division cannot be run, and what to change, in one sentence; undefined if it can. */
export function refusalOf(name: string, parts: number, cost: DivisionCost): string | undefined {
  const change = 'put another split above this one, or make larger parts';
  if (parts > mostParts) return `${name} divides into ${parts} parts; one node may have ${mostParts}: ${change}`;
  if (cost.historyEvents > serverLimits.historyEvents)
    return (
      `${name} divides into ${parts} parts, whose workflow would have about ${cost.historyEvents} ` +
      `events; a Temporal server takes ${serverLimits.historyEvents}: ${change}`
    );
  if (cost.historyBytes > serverLimits.historyBytes)
    return (
      `${name} divides into ${parts} parts, whose workflow would have about ${cost.historyBytes} ` +
      `bytes of history; a Temporal server takes ${serverLimits.historyBytes}: ${change}`
    );
  if (cost.payloadBytes > serverLimits.payloadBytes)
    return (
      `${name} divides into ${parts} parts, whose results are a message of ` +
      `about ${cost.payloadBytes} bytes; a ` +
      'Temporal ' +
      'server ' +
      `takes ${serverLimits.payloadBytes}: ${change}`
    );
  return undefined;
}
