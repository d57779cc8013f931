import { describe, expect, it } from 'vitest';
import { mostParts } from './largest.js';
import { costOfDivision, refusalOf, serverLimits } from './tree-cost.js';

const refusal = (parts: number, leaves: boolean, bytes: number): string | undefined =>
  refusalOf('pair 4v9', parts, costOfDivision(parts, leaves, bytes));

describe('cost of a division', () => {
  it('lets through what fits', () => {
    expect(refusal(45, true, 500)).toBeUndefined();
    expect(refusal(mostParts, true, 500)).toBeUndefined();
    expect(refusal(1500, false, 500)).toBeUndefined();
  });

  it.each([
    [
      'too many parts',
      mostParts + 1,
      true,
      500,
      /pair 4v9 divides into 3001 parts; one node may have 3000: put another split above/,
    ],
    ['a history that is too long', 2500, false, 500, /about \d+ events; a Temporal server takes 51200/],
    ['a history of too many bytes', 2500, true, 2000, /about \d+ bytes of history; a Temporal server takes 52428800/],
    [
      'a message that is too large',
      2500,
      true,
      1000,
      /message of about 2500000 bytes; a Temporal server takes 2097152/,
    ],
  ])('refuses %s', (_, parts, leaves, bytes, message) => {
    expect(refusal(parts, leaves, bytes)).toMatch(message);
  });

  it("keeps the largest allowed node of MIPs within the server's limits", () => {
    const { historyEvents, historyBytes, payloadBytes } = costOfDivision(mostParts, true, 600);
    // 3,000 parts of few-shot size were measured at 11.5 MB.
    expect(historyBytes).toBeGreaterThan(11.5e6);
    expect(historyBytes).toBeLessThan(serverLimits.historyBytes);
    expect(historyEvents).toBeLessThan(serverLimits.historyEvents);
    expect(payloadBytes).toBeLessThan(serverLimits.payloadBytes);
  });
});
