import { pairsOf, type Plan } from '@mipnet/training';

/** The names of the neurons that decide between classes. */
export interface DecidingNeurons {
  /** A positive sum speaks for the class that is named first. */
  readonly names: readonly string[];
  /** Dense layers behind them: the one that counts the votes of pairs. */
  readonly layersBehind: number;
}

/** What the last layer of a plan's network decides. */
export function decidingNeurons(
  { splits, network }: Pick<Plan, 'splits' | 'network'>,
  classes: readonly string[],
): DecidingNeurons {
  const last = network.flatMap((layer) => ('dense' in layer ? [layer.dense] : [])).at(-1);
  const isPairs = splits.some(({ name }) => name === 'pairs');
  const pairs = pairsOf(classes.length).map(([a, b]) => `${classes[b]} v ${classes[a]}`);
  return { names: last === 1 ? pairs : isPairs ? [] : classes, layersBehind: isPairs ? 1 : 0 };
}
