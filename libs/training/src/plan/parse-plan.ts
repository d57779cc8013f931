import { datasetNamed } from '@mipnet/dataset';
import { capabilitiesOf } from '@mipnet/solver/capabilities';
import { defaultSolver } from '@mipnet/solver/names';
import { TrainingError } from '../problem/training-error.js';
import { checkedYaml } from './checked-yaml.js';
import { planSchema, type Plan } from './plan-schema.js';

/** Reads the YAML text of a plan, applies `key=value` settings and checks the result. @throws TrainingError 'plan' */
export function parsePlan(text: string, source: string, settings: readonly string[] = []): Plan {
  const plan = checkedYaml(
    { schema: planSchema, keys: 'dataset and network', makeRoom: withoutAlternatives },
    text,
    source,
    settings,
  );
  return checkedPlan(plan, source);
}

/**
 * Refuses what the schema cannot see: two ways to say one thing, and what a solver cannot do.
 * @throws TrainingError 'plan'
 */
export function checkedPlan(plan: Plan, source: string): Plan {
  const limits = plan.solver;
  if (limits.workLimit !== undefined && limits.timeLimit !== undefined) {
    throw new TrainingError(
      'plan',
      `${source}: solver has both workLimit and timeLimit; keep workLimit for results that repeat, or ` +
        'timeLimit for a fixed time',
    );
  }
  const { backend = defaultSolver, workLimit } = limits;
  if (workLimit !== undefined && capabilitiesOf(backend).work === null) {
    throw new TrainingError(
      'plan',
      `${source}: solver.workLimit: the solver ${backend} has no limit that stops at the same point in ` +
        'every run; set solver.timeLimit instead, or another solver.backend',
    );
  }
  const { perClass, indices } = plan.dataset;
  if (perClass !== undefined && indices !== undefined) {
    throw new TrainingError(
      'plan',
      `${source}: dataset has both perClass and indices; keep indices to train on the rows it lists, or ` +
        'perClass to draw them',
    );
  }
  return plan;
}

/** Alternative keys for the number of rows, and for the limit: a setting of one replaces the other ones in the plan. */
const alternatives: readonly (readonly [of: string, keys: readonly string[]])[] = [
  ['dataset', ['perClass', 'examples', 'indices']],
  ['dataset', ['validationPerClass', 'validationFraction']],
  ['solver', ['workLimit', 'timeLimit']],
];

function withoutAlternatives(plan: unknown, setting: string): unknown {
  const [of, key] = setting.slice(0, setting.indexOf('=')).split('.');
  if (of === 'dataset' && key === 'file') return withoutOthersName(plan);
  const replaced = alternatives
    .find(([parent, keys]) => parent === of && keys.includes(key))?.[1]
    .filter((other) => other !== key);
  const present = (plan as Record<string, unknown>)[of];
  if (!replaced || typeof present !== 'object' || present === null) return plan;
  const kept = Object.fromEntries(Object.entries(present).filter(([name]) => !replaced.includes(name)));
  return { ...(plan as object), [of]: kept };
}

/** A file is a data set of one's own, whatever data set the plan names; only `csv` takes a file, too. */
function withoutOthersName(plan: unknown): unknown {
  const { dataset } = plan as { readonly dataset?: unknown };
  if (typeof dataset === 'string')
    return datasetNamed(dataset)?.readsFile ? plan : { ...(plan as object), dataset: {} };
  if (typeof dataset !== 'object' || dataset === null) return plan;
  const { name, ...others } = dataset as { readonly name?: unknown };
  const isOthers = typeof name === 'string' && datasetNamed(name) !== undefined && !datasetNamed(name)!.readsFile;
  return isOthers ? { ...(plan as object), dataset: others } : plan;
}
