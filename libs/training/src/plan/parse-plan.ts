import { parse as parseYaml, YAMLParseError } from 'yaml';
import { TrainingError } from '../training-error.js';
import { describeIssue } from './describe-issue.js';
import { planSchema, type Plan } from './plan-schema.js';

type Json = unknown;

/** Reads the YAML text of a plan, applies `key=value` settings and checks the result. @throws TrainingError 'plan' */
export function parsePlan(text: string, source: string, settings: readonly string[] = []): Plan {
  let plan: Json;
  try {
    plan = parseYaml(text) ?? {};
  } catch (cause) {
    const where = cause instanceof YAMLParseError && cause.linePos ? ` line ${cause.linePos[0].line}` : '';
    throw new TrainingError('plan', `${source}${where}: this is not valid YAML (${(cause as Error).message.split('\n')[0]})`, { cause });
  }
  if (typeof plan !== 'object' || plan === null || Array.isArray(plan)) {
    throw new TrainingError('plan', `${source}: a plan is a mapping of keys such as dataset and network, this is ${Array.isArray(plan) ? 'a list' : 'text or a number'}`);
  }
  for (const setting of settings) plan = withSetting(withoutAlternatives(plan, setting), setting);
  const checked = planSchema.safeParse(plan);
  if (!checked.success) {
    // A key that is there and wrong says more than the one that is missing because of it.
    const { issues } = checked.error;
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    throw new TrainingError('plan', `${source}: ${describeIssue(planSchema, plan, issue)}`);
  }
  const limits = checked.data.solver;
  if (limits.workLimit !== undefined && limits.timeLimit !== undefined) {
    throw new TrainingError('plan', `${source}: solver has both workLimit and timeLimit; keep workLimit for results that repeat, or timeLimit for a fixed time`);
  }
  const { perClass, indices } = checked.data.dataset;
  if (perClass !== undefined && indices !== undefined) {
    throw new TrainingError('plan', `${source}: dataset has both perClass and indices; keep indices to train on the rows it lists, or perClass to draw them`);
  }
  return checked.data;
}

/** Ways to say how many rows, and which limit: a setting of one replaces what the plan says by another. */
const alternatives: readonly (readonly [of: string, keys: readonly string[]])[] = [
  ['dataset', ['perClass', 'examples', 'indices']],
  ['dataset', ['validationPerClass', 'validationFraction']],
  ['solver', ['workLimit', 'timeLimit']],
];

function withoutAlternatives(plan: Json, setting: string): Json {
  const [of, key] = setting.slice(0, setting.indexOf('=')).split('.');
  const replaced = alternatives.find(([parent, keys]) => parent === of && keys.includes(key))?.[1].filter((other) => other !== key);
  const present = (plan as Record<string, Json>)[of];
  if (!replaced || typeof present !== 'object' || present === null) return plan;
  const kept = Object.fromEntries(Object.entries(present).filter(([name]) => !replaced.includes(name)));
  return { ...(plan as object), [of]: kept };
}

/** `a.b.0.c=value`, the value read as YAML: 40, true, [pairs], text. */
function withSetting(plan: Json, setting: string): Json {
  const at = setting.indexOf('=');
  if (at < 1) throw new TrainingError('plan', `--set ${setting}: write it as key=value, such as --set dataset.perClass=40`);
  const path = setting.slice(0, at).split('.').map((key) => key.trim());
  if (path.some((key) => ['__proto__', 'constructor', 'prototype', ''].includes(key))) throw new TrainingError('plan', `--set ${setting}: ${setting.slice(0, at)} is not a key of a plan`);
  let value: Json;
  try {
    value = parseYaml(setting.slice(at + 1));
  } catch (cause) {
    throw new TrainingError('plan', `--set ${setting}: the value is not valid YAML`, { cause });
  }
  return replaced(plan, path, value, setting);
}

function replaced(node: Json, path: readonly string[], value: Json, setting: string): Json {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= node.length) throw new TrainingError('plan', `--set ${setting}: there is no item ${key} in a list of ${node.length}`);
    return node.map((item, i) => (i === index ? replaced(item, rest, value, setting) : item));
  }
  // `dataset: mnist` is short for `dataset: {name: mnist}`.
  const object = typeof node === 'string' ? { name: node } : ((node ?? {}) as Record<string, Json>);
  return { ...object, [key]: replaced(object[key], rest, value, setting) };
}
