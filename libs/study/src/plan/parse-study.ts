import { checkedPlan, checkedYaml, planSchema, TrainingError, type Plan } from '@mipnet/training';
import { studySchema, type StudyNetwork, type StudyPlan } from './study-schema.js';

/** Reads the YAML text of a study, applies `key=value` settings and checks the result. @throws TrainingError 'plan' */
export function parseStudy(text: string, source: string, settings: readonly string[] = []): StudyPlan {
  const plan = checkedYaml({ schema: studySchema, keys: 'networks and queries' }, text, source, settings);
  const named: Readonly<Record<string, readonly (string | number)[]>> = {
    networks: plan.networks.map(({ name }) => name),
    formulations: plan.formulations,
    bounds: plan.bounds,
    images: plan.images,
  };
  for (const [what, names] of Object.entries(named)) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new TrainingError('plan', `${source}: ${what} has ${twice} twice; name each once`);
  }
  for (const network of plan.networks) trainingOf(plan, network, source);
  return plan;
}

/** The training plan of a network that is given by its layers; undefined for a file. @throws TrainingError 'plan' */
export function trainingOf(plan: StudyPlan, network: StudyNetwork, source = 'the plan'): Plan | undefined {
  if (!('layers' in network)) return undefined;
  const training = network.training ?? plan.training;
  return checkedPlan(
    {
      ...planSchema.omit({ network: true }).parse({}),
      ...training,
      name: `${plan.name}-${network.name}`.slice(0, 63),
      network: network.layers,
    },
    `${source}, training of ${network.name}`,
  );
}
