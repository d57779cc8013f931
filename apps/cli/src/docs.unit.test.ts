import { planJsonSchema } from '@mipnet/training';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Every key that a plan may have, at any depth. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: Record<string, unknown> };
  return [
    ...(properties ? Object.keys(properties) : []),
    ...Object.entries(schema).flatMap(([key, value]) =>
      key === 'properties' ? Object.values(properties ?? {}).flatMap(keysOf) : keysOf(value),
    ),
  ];
}

test('docs/train.md names every key of a plan', () => {
  const page = readFileSync(new URL('../../../docs/train.md', import.meta.url), 'utf8');
  const keys = [...new Set(keysOf(planJsonSchema()))];
  expect(keys).toContain('perClass');
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});
