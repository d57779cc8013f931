// Tested by parse-plan.unit.test.ts.
import { shortJson } from '@mipnet/dataset';
import { closest, distance } from 'fastest-levenshtein';
import * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** What of a JSON Schema is looked at. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

export const inputSchema = (schema: z.ZodType): SchemaNode =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;

/** One sentence about an issue: the place, the present value, and what to write instead. */
export function describeIssue(schema: z.ZodType, value: unknown, issue: Issue): string {
  const root = inputSchema(schema);
  const meant = mostLikely(issue, root, value);
  const path = meant.path.map(String).join('.');
  const found = at(value, meant.path);
  const nodes = nodesAt(root, meant.path);
  if (meant.code === 'unrecognized_keys') {
    const wrong = wrongValue(meant.keys, found, nodes);
    if (wrong === undefined) return strangeKey(meant.keys[0], path, found, keysOf(nodes));
    const { key, forms } = wrong;
    const given = (found as Record<string, unknown>)[key];
    return `${path}.${key} is ${shortJson(given)}; it has to be ${expectation({ ...meant, code: 'custom' }, forms, given)}`;
  }
  if (meant.code === 'custom') return `${path} is ${shortJson(found)}; ${meant.message}`;
  const expected = expectation(meant, nodes, found);
  return found === undefined
    ? `${path} is missing; it is ${expected}`
    : `${path} is ${shortJson(found)}; it has to be ${expected}`;
}

function strangeKey(key: string, path: string, found: unknown, known: readonly string[]): string {
  const beside = Object.keys(found ?? {}).filter((other) => other !== key);
  if (known.includes(key))
    return `${path} has ${key} beside ${beside.join(', ')}, which do not go together; write them as items of their own`;
  return (
    `${path === '' ? 'there is' : `${path} has`} no key '${key}'; known keys ` +
    `are ${known.join(', ')}${didYouMean(key, known)}`
  );
}

/** Of keys that one form has together and another one has not: the one whose value no form takes. */
function wrongValue(
  keys: readonly string[],
  found: unknown,
  nodes: readonly SchemaNode[],
): { readonly key: string; readonly forms: readonly SchemaNode[] } | undefined {
  const given = Object.entries(found ?? {});
  const form = nodes.find(({ properties }) => properties && given.every(([key]) => key in properties));
  const ofKey = (key: string): readonly SchemaNode[] => {
    const node = form?.properties?.[key];
    return node === undefined ? [] : (node.anyOf ?? node.oneOf ?? [node]);
  };
  const key = keys.find((one) => ofKey(one).length > 0 && !ofKey(one).some((node) => takes(node, at(found, [one]))));
  return key === undefined ? undefined : { key, forms: ofKey(key) };
}

const takes = ({ enum: values, type }: SchemaNode, value: unknown): boolean =>
  values ? values.includes(value) : type === (Number.isInteger(value) && type === 'integer' ? type : typeof value);

function expectation(issue: Issue, nodes: readonly SchemaNode[], found: unknown): string {
  const values = [
    ...new Set(
      nodes.flatMap((node) => [...(node.const === undefined ? [] : [node.const]), ...(node.enum ?? [])]).map(String),
    ),
  ];
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'array'
        ? `a list of ${issue.minimum} or more`
        : `${issue.inclusive ? 'at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `a list of ${issue.maximum} or fewer`
        : `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_format':
      return issue.message;
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    default: {
      // The first key of a form is the one that names it.
      const keys = nodes.flatMap(({ properties }) => (properties ? [`{${Object.keys(properties)[0]}: ...}`] : []));
      if (values.length + keys.length === 0) return kindsOf(nodes);
      return `one of ${[...values, ...keys].join(', ')}${typeof found === 'string' ? didYouMean(found, values) : ''}`;
    }
  }
}

export const typesOf = (nodes: readonly SchemaNode[]): readonly string[] => nodes.flatMap(({ type }) => type ?? []);

const kindsOf = (nodes: readonly SchemaNode[]): string =>
  [...new Set(typesOf(nodes).map((type) => kinds[type] ?? type))].join(' or ');

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys',
};

function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const near = closest(word, [...known]);
  return distance(word.toLowerCase(), near.toLowerCase()) <= Math.max(1, word.length / 2)
    ? `. Did you mean ${near}?`
    : '';
}

/** Of a union, the issue of the form that the writer most probably meant; the union's own if no form is close. */
function mostLikely(issue: Issue, root: SchemaNode, value: unknown): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const forms = nodesAt(root, issue.path);
  const branches = (issue.errors as Issue[][]).map((inner, index) => {
    const issues = inner.map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue);
    return {
      issues,
      strangeness: issues.reduce((sum, one) => sum + strangeness(one, issue.path.length, forms[index], value), 0),
    };
  });
  const [first, second] = [...branches].sort((a, b) => a.strangeness - b.strangeness);
  if (first === undefined || first.strangeness >= otherKind || first.strangeness === second?.strangeness) {
    // A `kind` that names no form: the issue is with that key.
    return 'discriminator' in issue &&
      typeof issue.discriminator === 'string' &&
      !issue.path.includes(issue.discriminator)
      ? { ...issue, path: [...issue.path, issue.discriminator] }
      : issue;
  }
  const inside = first.issues.map((one) => mostLikely(one, root, value));
  // A wrong key explains more than a key that is missing because of it.
  return inside.find((one) => one.code === 'unrecognized_keys') ?? inside[0];
}

/** The lowest rank: another type of value, e.g. text although the form is a mapping. */
const otherKind = 100;

function strangeness(issue: Issue, depth: number, form: SchemaNode | undefined, value: unknown): number {
  if (issue.path.length === depth && issue.code === 'unrecognized_keys') {
    const known = Object.keys(form?.properties ?? {});
    return issue.keys.reduce(
      (sum, key) =>
        sum + 5 + (known.length === 0 ? 5 : 5 * Math.min(1, distance(key, closest(key, known)) / key.length)),
      0,
    );
  }
  if (issue.path.length === depth) return otherKind;
  // A form whose own key is missing is another form.
  return issue.path.length === depth + 1 && at(value, issue.path) === undefined ? 10 : 1;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

/** The possible forms of a path: one per branch of a union, in its order. */
export function nodesAt(root: SchemaNode, path: readonly PropertyKey[]): readonly SchemaNode[] {
  const forms = (node: SchemaNode): readonly SchemaNode[] => (node.anyOf ?? node.oneOf)?.flatMap(forms) ?? [node];
  return path.reduce<readonly SchemaNode[]>(
    (nodes, key) =>
      nodes
        .flatMap((node) => (typeof key === 'number' ? node.items : node.properties?.[String(key)]) ?? [])
        .flatMap(forms),
    forms(root),
  );
}

const keysOf = (nodes: readonly SchemaNode[]): string[] => [
  ...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {}))),
];
