import { pairsOf, type Plan } from '@mipnet/training';

/**
 * Names of the neurons of the layer that decides, by the classes between which they decide: a positive sum speaks for
 * the class that is named first. Undefined if the plan's network has hidden neurons.
 */
export function neuronNames(
  { splits, network }: Pick<Plan, 'splits' | 'network'>,
  classes: readonly string[],
): readonly string[] | undefined {
  const dense = network.flatMap((layer) => ('dense' in layer ? [layer] : []));
  const isPairs = splits.some(({ name }) => name === 'pairs');
  if (dense.length !== 1 || network.some((layer) => 'conv' in layer)) return undefined;
  const pairs = pairsOf(classes.length).map(([a, b]) => `${classes[b]} v ${classes[a]}`);
  if (isPairs) return dense[0].dense === 1 ? pairs : undefined;
  return dense[0].dense === 1 ? pairs : classes;
}
