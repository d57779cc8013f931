import { cell } from './table.mjs';

/** A page about every key of a plan, from the schema that checks plans. @returns {Promise<string>} */
export async function planPage() {
  const { planJsonSchema } = await import('@mipnet/training');
  const schema = planJsonSchema();
  const rows = rowsOf(schema, '').map(
    ({ path, type, fallback, about }) => `| \`${path}\` | ${type} | ${fallback} | ${cell(about)} |`,
  );
  return `# Keys of a plan

Generated from the schema that checks plans, which is also the file
[plan.schema.json](/schemas/plan.schema.json). A path such as
\`solver.workLimit\` is what \`--set\` takes; \`[]\` stands for the number of a list item (\`network.0.dense\`).
[Train a network](../train.md#the-keys-of-a-plan) explains the keys in context.

| key | type | default | meaning |
| --- | --- | --- | --- |
${[...new Set(rows)].join('\n')}
`;
}

/**
 * The keys of a schema, at any depth.
 * @param {any} schema JSON schema
 * @param {string} path of the key that it describes
 * @returns {{ path: string, type: string, fallback: string, about: string }[]}
 */
export function rowsOf(schema, path) {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const needed = schema.required?.includes(key) ? 'required' : '';
    const fallback =
      value.default === undefined ? needed : `\`${JSON.stringify(value.default).replaceAll('|', '\\|')}\``;
    return [{ path: at, type: typeOf(value), fallback, about: value.description ?? '' }, ...rowsOf(value, at)];
  });
  const items = schema.items === undefined ? [] : rowsOf(schema.items, `${path}[]`);
  return [...own, ...items, ...(choices ?? []).flatMap((choice) => rowsOf(choice, path))];
}

/** @param {any} schema @returns {string} */
function typeOf(schema) {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if ('const' in schema) return `\`${schema.const}\``;
  if (schema.prefixItems) return `list: ${schema.prefixItems.map(typeOf).join(', ')}`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'object') return 'mapping';
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  return `${schema.type ?? 'any'}${rangeOf(schema)}`;
}

/** @param {any} schema @returns {string} */
function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }) {
  const ends = [
    minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? `from ${minimum}` : '',
    exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : '',
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : '',
    exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : '',
  ].filter((text) => text !== '');
  return ends.length > 0 ? `, ${ends.join(' ')}` : '';
}
