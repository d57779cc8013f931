// Tested by parse-plan.unit.test.ts.
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { TrainingError } from '../problem/training-error.js';
import { describeIssue, inputSchema, nodesAt, typesOf } from './describe-issue.js';

export interface YamlCheck<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Two of its keys as examples in messages: `dataset and network`. */
  readonly keys: string;
  /**
   * Removes keys that contradict a setting before the setting is applied, because the setting states the same in
   * another way.
   */
  readonly makeRoom?: (document: unknown, setting: string) => unknown;
}

/** Characters; the longest plan in use has 3,000. The parser takes seconds for a megabyte. */
const mostText = 2 ** 18;

/**
 * Reads a YAML document, applies `key=value` settings, and checks the result against a schema. A fault becomes one
 * sentence that names the place and the nearest right key.
 * @param source the name of the document in that sentence
 * @throws TrainingError 'plan'
 */
export function checkedYaml<Schema extends z.ZodType>(
  { schema, keys, makeRoom }: YamlCheck<Schema>,
  text: string,
  source: string,
  settings: readonly string[] = [],
): z.output<Schema> {
  if (text.length > mostText)
    throw new TrainingError(
      'plan',
      `${source}: the text has ${text.length} characters; a plan has at most ${mostText}`,
    );
  let document: unknown =
    readYaml(
      text,
      ({ line, why }) =>
        new TrainingError('plan', `${source}${line ? ` line ${line}` : ''}: this is not valid YAML (${why})`),
    ) ?? {};
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new TrainingError(
      'plan',
      `${source}: a plan is a mapping of keys such as ${keys}, this ` +
        `is ${Array.isArray(document) ? 'a list' : 'text or a number'}`,
    );
  }
  for (const setting of settings) document = withSetting(schema, makeRoom?.(document, setting) ?? document, setting);
  const checked = schema.safeParse(document);
  if (checked.success) return checked.data;
  // An unknown key explains more than the key that is missing because of it.
  const { issues } = checked.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  throw new TrainingError('plan', `${source}: ${describeIssue(schema, document, issue)}`);
}

interface YamlFault {
  readonly line?: number;
  readonly why: string;
}

/** A warning counts as an error: its subject, such as an unknown tag, has no place in a plan. */
function readYaml(text: string, refusal: (fault: YamlFault) => TrainingError): unknown {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw refusal({ line: lines.linePos(fault.pos[0]).line, why: reasonOf(fault) });
    return document.toJS();
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    // Two faults of the document are thrown by the parser: the stack ends, or a reference is expanded too often.
    if (!(cause instanceof RangeError) && !(cause instanceof ReferenceError)) throw cause;
    const why = cause instanceof RangeError ? 'it is nested too deeply' : 'its references (*name) expand to too much';
    throw Object.assign(refusal({ why }), { cause });
  }
}

/** The parser's message, or another one if the parser's is for programmers. */
function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (message.includes('call stack')) return 'it is nested too deeply';
  if (code === 'MULTIPLE_DOCS') return 'it has several documents; write one without the line ---';
  return message.split('\n')[0].replace(/ at line .*$/, '');
}

/**
 * `a.b.0.c=value`, the value read as YAML: 40, true, [pairs]. If the schema says text, the value is the text as typed.
 */
function withSetting(schema: z.ZodType, plan: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  if (at < 1)
    throw new TrainingError('plan', `--set ${setting}: write it as key=value, such as --set dataset.perClass=40`);
  const path = setting
    .slice(0, at)
    .split('.')
    .map((key) => key.trim());
  if (path.some((key) => ['__proto__', 'constructor', 'prototype', ''].includes(key)))
    throw new TrainingError('plan', `--set ${setting}: ${setting.slice(0, at)} is not a key of a plan`);
  const typed = setting.slice(at + 1).trim();
  const text = typedText(schema, path, typed);
  if (text !== undefined) return replaced(plan, path, text, setting);
  const value = readYaml(
    typed,
    () =>
      new TrainingError(
        'plan',
        `--set ${setting}: the value is not valid YAML; if it has spaces, put the whole setting in ` +
          `quotes: --set '${setting.slice(0, at)}=...'`,
      ),
  );
  return replaced(plan, path, value, setting);
}

/**
 * A name or a path may hold characters with a meaning in YAML: `#`, `: `, `[`, `*`, a single comma. Text in quotes and
 * null are read as YAML, and so are numbers if the key also takes numbers.
 */
function typedText(schema: z.ZodType, path: readonly string[], typed: string): string | undefined {
  if (/^(|null|~|".*"|'.*')$/s.test(typed)) return undefined;
  const keys = path.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const nodes = nodesAt(inputSchema(schema), keys);
  const types = typesOf(nodes);
  const isText =
    types.includes('string') &&
    nodes.every(({ type }) => type !== undefined) &&
    types.every((type) => ['string', 'number', 'integer'].includes(type));
  const isNumber = types.length > 1 && typed !== '' && !Number.isNaN(Number(typed));
  return isText && !isNumber ? typed : undefined;
}

function replaced(node: unknown, path: readonly string[], value: unknown, setting: string): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= node.length)
      throw new TrainingError('plan', `--set ${setting}: there is no item ${key} in a list of ${node.length}`);
    return node.map((item, i) => (i === index ? replaced(item, rest, value, setting) : item));
  }
  // `dataset: mnist` is short for `dataset: {name: mnist}`.
  const object = typeof node === 'string' ? { name: node } : ((node ?? {}) as Record<string, unknown>);
  return { ...object, [key]: replaced(object[key], rest, value, setting) };
}
