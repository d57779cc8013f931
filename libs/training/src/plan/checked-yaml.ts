import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { TrainingError } from '../training-error.js';
import { describeIssue } from './describe-issue.js';

export interface YamlCheck<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Two of its keys, for whoever wrote something else: `dataset and network`. */
  readonly keys: string;
  /** What has to leave the document before a setting is applied, because the setting says it in another way. */
  readonly makeRoom?: (document: unknown, setting: string) => unknown;
}

/**
 * Reads a YAML document, applies `key=value` settings, and checks the result against a schema. Whatever is wrong becomes
 * one sentence that names the place and the nearest right key.
 * @param source what the document is called in that sentence
 * @throws TrainingError 'plan'
 */
export function checkedYaml<Schema extends z.ZodType>({ schema, keys, makeRoom }: YamlCheck<Schema>, text: string, source: string, settings: readonly string[] = []): z.output<Schema> {
  let document: unknown;
  try {
    document = parseYaml(text) ?? {};
  } catch (cause) {
    const where = cause instanceof YAMLParseError && cause.linePos ? ` line ${cause.linePos[0].line}` : '';
    throw new TrainingError('plan', `${source}${where}: this is not valid YAML (${(cause as Error).message.split('\n')[0]})`, { cause });
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new TrainingError('plan', `${source}: a plan is a mapping of keys such as ${keys}, this is ${Array.isArray(document) ? 'a list' : 'text or a number'}`);
  }
  for (const setting of settings) document = withSetting(makeRoom?.(document, setting) ?? document, setting);
  const checked = schema.safeParse(document);
  if (checked.success) return checked.data;
  // A key that is there and wrong says more than the one that is missing because of it.
  const { issues } = checked.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  throw new TrainingError('plan', `${source}: ${describeIssue(schema, document, issue)}`);
}

/** `a.b.0.c=value`, the value read as YAML: 40, true, [pairs], text. */
function withSetting(plan: unknown, setting: string): unknown {
  const at = setting.indexOf('=');
  if (at < 1) throw new TrainingError('plan', `--set ${setting}: write it as key=value, such as --set dataset.perClass=40`);
  const path = setting.slice(0, at).split('.').map((key) => key.trim());
  if (path.some((key) => ['__proto__', 'constructor', 'prototype', ''].includes(key))) throw new TrainingError('plan', `--set ${setting}: ${setting.slice(0, at)} is not a key of a plan`);
  let value: unknown;
  try {
    value = parseYaml(setting.slice(at + 1));
  } catch (cause) {
    throw new TrainingError('plan', `--set ${setting}: the value is not valid YAML`, { cause });
  }
  return replaced(plan, path, value, setting);
}

function replaced(node: unknown, path: readonly string[], value: unknown, setting: string): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= node.length) throw new TrainingError('plan', `--set ${setting}: there is no item ${key} in a list of ${node.length}`);
    return node.map((item, i) => (i === index ? replaced(item, rest, value, setting) : item));
  }
  // `dataset: mnist` is short for `dataset: {name: mnist}`.
  const object = typeof node === 'string' ? { name: node } : ((node ?? {}) as Record<string, unknown>);
  return { ...object, [key]: replaced(object[key], rest, value, setting) };
}
