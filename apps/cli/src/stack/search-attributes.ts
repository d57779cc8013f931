import type { Connection } from '@temporalio/client';

/** What a run shows in Temporal's lists. The server refuses an attribute it has not been told of. */
export const SEARCH_ATTRIBUTES = {
  MipnetSplit: 'Keyword',
  MipnetObjective: 'Double',
  MipnetGap: 'Double',
  MipnetRound: 'Int',
  MipnetOutstanding: 'Int',
} as const;

/** Temporal's numbers for the types (IndexedValueType in temporal.api.enums.v1). */
const INDEXED_VALUE_TYPE = { Keyword: 2, Int: 3, Double: 4 } as const;

/**
 * Registers the attributes the namespace does not know. The dev server registers those of its command line only when it
 * creates its database; one that was made by an earlier version of mipnet keeps the list of that version.
 */
export async function addMissingSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
  });
}
