import type { Connection } from '@temporalio/client';
import { searchAttributeTypes } from '@mipnet/workflows';

/** Temporal's words and numbers for the types (IndexedValueType in temporal.api.enums.v1). */
const indexedTypes = {
  KEYWORD: { word: 'Keyword', number: 2 },
  INT: { word: 'Int', number: 3 },
  DOUBLE: { word: 'Double', number: 4 },
} as const;

const typeOf = (type: string): (typeof indexedTypes)[keyof typeof indexedTypes] =>
  indexedTypes[type as keyof typeof indexedTypes];

/**
 * Arguments of the dev server that registers what runs show in lists; a server refuses an attribute it has not been
 * told of.
 */
export const searchAttributeArguments = (): string[] =>
  searchAttributeTypes.flatMap(({ name, type }) => ['--search-attribute', `${name}=${typeOf(type).word}`]);

/**
 * Registers the attributes the namespace does not know. The dev server registers those of its command line only when it
 * creates its database; one that was made by an earlier version of mipnet keeps the list of that version.
 */
export async function addMissingSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributeTypes.filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, typeOf(type).number])),
  });
}
