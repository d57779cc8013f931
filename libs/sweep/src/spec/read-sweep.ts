import { checkedYaml } from '@mipnet/training';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { SweepError } from '../sweep-error.js';
import { sweepSchema, type Halving, type SweepKeys } from './sweep-schema.js';
import { expandValues, refuseTwice } from './values.js';

/** One key and the values it takes, as text for `--set`. */
export interface Axis {
  readonly key: string;
  readonly values: readonly string[];
}

/** A named plan, or named changes of the sweep's plan. */
export interface Variant {
  readonly name: string;
  readonly preset?: string;
  /** Path as written, relative to the sweep's file. */
  readonly plan?: string;
  /** `key=value` */
  readonly set: readonly string[];
}

/** What is to be swept. */
export interface Sweep {
  readonly vary: readonly Axis[];
  readonly repeat: readonly Axis[];
  readonly variants: readonly Variant[];
  readonly folds?: number;
  /** Absent: the usual rule. */
  readonly halving?: Halving;
  /** `key=value` for the last round; 'none': there is no last round. */
  readonly final: 'none' | readonly string[];
  readonly seed: number;
}

/** A file with the key `sweep`. */
export interface SweepFile {
  readonly sweep: Sweep;
  /** The plan beside the key, as YAML; or the plan that it names. */
  readonly plan?: { readonly text: string } | { readonly file: string } | { readonly preset: string };
}

/** Whether the YAML of a plan has a sweep beside it. */
export function hasSweep(text: string): boolean {
  try {
    const document: unknown = parse(text);
    return typeof document === 'object' && document !== null && Object.hasOwn(document, 'sweep');
  } catch {
    // The reader of plans says what is wrong with it.
    return false;
  }
}

const beside = z.looseObject({ sweep: sweepSchema, plan: z.string().optional(), preset: z.string().optional() });

/**
 * A sweep's file: the key `sweep`, and the keys of a plan beside it, or `plan: FILE`, or `preset: NAME`.
 * @throws TrainingError 'plan', SweepError 'bad-input'
 */
export function readSweepFile(text: string, source: string): SweepFile {
  const { sweep, plan, preset, ...others } = checkedYaml({ schema: beside, keys: 'sweep and plan' }, text, source);
  const isOwn = Object.keys(others).length > 0;
  if ([isOwn, plan !== undefined, preset !== undefined].filter(Boolean).length > 1)
    throw new SweepError(
      'bad-input',
      `${source}: the plan of a sweep is beside the key sweep, or in plan: FILE, or in preset: NAME; keep one of them`,
    );
  const given = isOwn
    ? { text: stringify(others) }
    : plan !== undefined
      ? { file: plan }
      : preset !== undefined
        ? { preset }
        : undefined;
  return { sweep: sweepOfKeys(sweep, source), ...(given && { plan: given }) };
}

function sweepOfKeys({ vary, repeat, variants = [], folds, halving, final, seed }: SweepKeys, source: string): Sweep {
  refuseTwice(
    variants.map(({ name }) => name),
    `${source}: sweep.variants`,
  );
  return {
    vary: axesOf(vary, `${source}: sweep.vary.`),
    repeat: axesOf(repeat, `${source}: sweep.repeat.`),
    variants: variants.map(({ set, ...named }) => ({ ...named, set: settingsOf(set) })),
    ...(folds === undefined ? {} : { folds }),
    ...(halving === undefined ? {} : { halving }),
    final: final === 'none' ? 'none' : settingsOf(final ?? {}),
    seed,
  };
}

/** JSON is YAML, whatever is in a name. */
const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null';

const settingsOf = (changes: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(changes).map(([key, value]) => `${key}=${textOf(value)}`);

const axesOf = (axes: SweepKeys['vary'], where: string): Axis[] =>
  Object.entries(axes).map(([key, given]) => {
    const option = `${where}${key}`;
    if (!Array.isArray(given)) return { key, values: expandValues(String(given), `${option}: ${given}`) };
    const values = given.map(textOf);
    refuseTwice(values, option);
    return { key, values };
  });

/**
 * `--vary key=4,8,16` or `--repeat seed=0..4`
 * @throws SweepError 'bad-input'
 */
export function axisOf(option: '--vary' | '--repeat', text: string): Axis {
  const at = text.indexOf('=');
  if (at < 1)
    throw new SweepError('bad-input', `${option} ${text}: write it as key=values, such as ${option} seed=0..4`);
  const key = text.slice(0, at).trim();
  return { key, values: expandValues(text.slice(at + 1), `${option} ${text}`) };
}

/**
 * Axes that are typed replace those of a file with the same key.
 * @throws SweepError 'bad-input' for a key that is there twice
 */
export function withTyped(sweep: Sweep, typed: Pick<Sweep, 'vary' | 'repeat'>): Sweep {
  const merged = (axes: readonly Axis[], others: readonly Axis[]): Axis[] => [
    ...axes.map((axis) => others.find(({ key }) => key === axis.key) ?? axis),
    ...others.filter(({ key }) => !axes.some((axis) => axis.key === key)),
  ];
  const vary = merged(sweep.vary, typed.vary);
  const repeat = merged(sweep.repeat, typed.repeat);
  const keys = [...typed.vary, ...typed.repeat].map(({ key }) => key);
  const twice =
    keys.find((key, at) => keys.indexOf(key) !== at) ??
    vary.find(({ key }) => repeat.some((axis) => axis.key === key))?.key;
  if (twice !== undefined)
    throw new SweepError('bad-input', `${twice} is varied or repeated twice; keep one --vary or --repeat of it`);
  return { ...sweep, vary, repeat };
}

/** A sweep without a file. */
export const noSweep: Sweep = { vary: [], repeat: [], variants: [], final: [], seed: 0 };

/** JSON Schema of the key `sweep`, for editors. */
export const sweepJsonSchema = (): object => z.toJSONSchema(beside, { io: 'input', unrepresentable: 'any' });
