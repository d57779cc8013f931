import { createGenerator } from 'ts-json-schema-generator';
import { join } from 'node:path';
import { cell } from './table.mjs';
import { root } from './stage-pages.mjs';

const cli = join(root, 'apps', 'cli');

/**
 * The JSON schemas of what the commands print with --json, from the types of the documents.
 * @returns {Record<string, any>} by the name of the document, such as `train` or `verify --epsilons`
 */
export function jsonSchemas() {
  const { definitions } = createGenerator({
    path: join(cli, 'src', 'program', 'json-documents.ts'),
    tsconfig: join(cli, 'tsconfig.json'),
    type: 'JsonDocuments',
    expose: 'none',
    skipTypeCheck: true,
    // A later version may add keys.
    additionalProperties: true,
  }).createSchema('JsonDocuments');
  return definitions.JsonDocuments.properties;
}

/** File of a document's schema in the site. @param {string} name */
export const schemaFile = (name) => `schemas/${name.replace(/[^A-Za-z]+/g, '-').toLowerCase()}.schema.json`;

/** A page with the keys of each document. @param {Record<string, any>} schemas */
export function jsonPage(schemas) {
  const names = Object.keys(schemas);
  return `# JSON of each command

Generated from the types of the program. With \`--json\` a command prints one JSON document on stdout, and nothing else;
messages go to stderr. **Every key on this page is stable**: it keeps its name, type and meaning. A later version may
add keys, so ignore those that you do not know. A removed or changed key is announced in the change log.

${names.map((name) => `- [\`${name} --json\`](#${anchorOf(name)})`).join('\n')}

${names.map((name) => sectionOf(name, schemas[name])).join('\n')}`;
}

/** @param {string} name */
const anchorOf = (name) => name.replace(/[^A-Za-z]+/g, '-').toLowerCase();

/** @param {string} name @param {any} schema */
function sectionOf(name, schema) {
  const rows = keysOf(schema, '', true).map(
    ({ path, type, about, isAlways }) => `| \`${path}\`${isAlways ? '' : ' (optional)'} | ${type} | ${cell(about)} |`,
  );
  return `## ${name} {#${anchorOf(name)}}

[JSON schema](/${schemaFile(name)})

| key | type | meaning |
| --- | --- | --- |
${[...new Set(rows)].join('\n')}
`;
}

/**
 * @param {any} schema @param {string} path @param {boolean} isAlways
 * @returns {{ path: string, type: string, about: string, isAlways: boolean }[]}
 */
export function keysOf(schema, path, isAlways) {
  const choices = schema.anyOf ?? schema.allOf ?? [];
  const isList = schema.type === 'array' || schema.type?.includes?.('array');
  const items = Array.isArray(schema.items) ? [] : schema.items;
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
      const at = path === '' ? key : `${path}.${key}`;
      const always = isAlways && (schema.required ?? []).includes(key);
      return [
        { path: at, type: typeOf(value), about: value.description ?? '', isAlways: always },
        ...keysOf(value, at, true),
      ];
    }),
    ...(isList && items ? keysOf(items, `${path}[]`, true) : []),
    ...(typeof schema.additionalProperties === 'object'
      ? keysOf(schema.additionalProperties, `${path}.NAME`, true)
      : []),
    ...choices.flatMap((choice) => keysOf(choice, path, isAlways)),
  ];
}

/** @param {any} schema @returns {string} */
function typeOf(schema) {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === 'array') return `list of ${Array.isArray(schema.items) ? 'values' : typeOf(schema.items ?? {})}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}
