// Tested by ../e2e/sweep.e2e.test.ts.
import {
  axisOf,
  halvingSchema,
  hasSweep,
  noSweep,
  readSweepFile,
  withTyped,
  type Sweep,
  type Variant,
} from '@mipnet/sweep';
import { mipnetCommand } from '@mipnet/text';
import { planText } from '@mipnet/training';
import { dirname, resolve } from 'node:path';
import { planForData } from '../plan/plan-for-data.js';
import { planSource, readPlan, type PlanSource, type SourceChoice } from '../plan/read-plan.js';
import { CliError } from '../program/cli-error.js';

export interface SweepChoice extends SourceChoice {
  readonly plan?: string;
  readonly vary: readonly string[];
  readonly repeat: readonly string[];
  readonly folds?: number;
  /** `none`, `rows` or `limits`. */
  readonly halving?: string;
  readonly final: readonly string[];
  readonly data?: string;
}

export interface ReadSweep {
  readonly sweep: Sweep;
  /** The plan of settings without a variant that names another one. */
  readonly base: PlanSource;
  /** Of the variants that name one, by the variant's name. */
  readonly sources: ReadonlyMap<string, PlanSource>;
}

interface Hooks {
  readonly say: (line: string) => void;
  readonly stopped: () => boolean;
}

/** What is to be swept, from the options and perhaps a file, and the plans it is about. */
export async function readSweep(choice: SweepChoice, hooks: Hooks): Promise<ReadSweep> {
  const { plan: file, set } = choice;
  const source = file === undefined ? undefined : await planSource({ plan: file, set });
  const inFile = source !== undefined && hasSweep(source.text) ? readSweepFile(source.text, source.source) : undefined;
  const sweep = withOptions(inFile?.sweep ?? noSweep, choice);
  const folder = source?.folder ?? process.cwd();
  if (inFile?.plan !== undefined && choice.preset !== undefined)
    throw new CliError('bad-input', `give --preset or a plan in ${file}, not both`);
  const base =
    inFile === undefined
      ? await planOf(choice, sweep, hooks)
      : inFile.plan === undefined
        ? await planSource({ preset: choice.preset, set })
        : 'text' in inFile.plan
          ? { ...source!, text: inFile.plan.text }
          : await planSource(
              'file' in inFile.plan
                ? { plan: resolve(folder, inFile.plan.file), set: [] }
                : { preset: inFile.plan.preset, set: [] },
            );
  return { sweep, base, sources: await sourcesOf(sweep.variants, folder) };
}

function withOptions(sweep: Sweep, { vary, repeat, folds, halving, final }: SweepChoice): Sweep {
  const typed = withTyped(sweep, {
    vary: vary.map((text) => axisOf('--vary', text)),
    repeat: repeat.map((text) => axisOf('--repeat', text)),
  });
  return {
    ...typed,
    ...(folds === undefined ? {} : { folds }),
    ...(halving === undefined ? {} : { halving: halvingSchema.parse(halving === 'none' ? halving : { by: halving }) }),
    final: finalOf(sweep.final, final),
  };
}

/** `none` leaves out the last round. */
function finalOf(inFile: Sweep['final'], typed: readonly string[]): Sweep['final'] {
  const changes = typed.filter((text) => text !== 'none');
  if (inFile === 'none' && changes.length > 0)
    throw new CliError('bad-input', '--final: the file of the sweep says final: none, so there is no last round');
  if (inFile === 'none') return inFile;
  if (typed.length === changes.length) return [...inFile, ...changes];
  if (changes.length > 0)
    throw new CliError('bad-input', `--final none leaves out the last round: leave out --final ${changes[0]}`);
  return 'none';
}

const sourcesOf = async (variants: readonly Variant[], folder: string): Promise<ReadonlyMap<string, PlanSource>> =>
  new Map(
    await Promise.all(
      variants
        .filter(({ plan, preset }) => plan !== undefined || preset !== undefined)
        .map(
          async ({ name, plan, preset }) =>
            [
              name,
              await planSource({ plan: plan === undefined ? undefined : resolve(folder, plan), preset, set: [] }),
            ] as const,
        ),
    ),
  );

/** Keys whose values change the test rows. */
export const divisionKeys = ['name', 'file', 'labels', 'test', 'splitSeed', 'testFraction'] as const;

/** A plan file, a preset, or a plan that is chosen for data. */
async function planOf(choice: SweepChoice, sweep: Sweep, { say, stopped }: Hooks): Promise<PlanSource> {
  const read = await readPlan(choice);
  if (!read.isOpen) return planSource(choice);
  const divides = sweep.repeat.find(({ key }) => divisionKeys.some((name) => key === `dataset.${name}`));
  if (divides !== undefined)
    throw new CliError(
      'bad-input',
      `--repeat ${divides.key}: without a plan, one is chosen by the training rows, and these are test rows of another ` +
        `repeat; give a plan ("${mipnetCommand('plan', 'TABLE', '--plan-out', 'plan.yaml')}" writes one)`,
    );
  const { plan } = await planForData(read, choice, { say, stopped });
  // A chosen plan trains on all rows; the settings are judged on some of them.
  const { validationPerClass: _, ...dataset } = plan.dataset;
  return { text: planText({ ...plan, dataset }), source: 'the chosen plan', folder: dirname(resolve('plan.yaml')) };
}
