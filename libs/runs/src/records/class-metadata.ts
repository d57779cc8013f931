import { decisionThreshold, outputSize, type Network } from '@mipnet/network';

const [plainKey, listKey, thresholdKey] = ['classes', 'mipnet.classes', 'mipnet.threshold'];

/**
 * What the outputs of a network mean, as metadata of its file: `classes`; `mipnet.classes` if a name has a comma;
 * `mipnet.threshold` if there is one output.
 */
export const classMetadata = (network: Network, classes: readonly string[]): Record<string, string> => ({
  [plainKey]: classes.join(','),
  ...(classes.some((name) => name.includes(',')) && { [listKey]: JSON.stringify(classes) }),
  ...(outputSize(network) === 1 && { [thresholdKey]: String(decisionThreshold(network)) }),
});

/** Names of the classes of a network: from its file, or 0, 1, ... if the file does not name as many. */
export function classNamesIn(network: Network): readonly string[] {
  const count = Math.max(2, outputSize(network));
  const { [listKey]: list, [plainKey]: plain } = network.metadata ?? {};
  return (
    [listed(list), plain?.split(',')].find((names) => names?.length === count) ??
    Array.from({ length: count }, (_, index) => String(index))
  );
}

/** Whatever somebody wrote there: only a list of texts counts. */
function listed(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}
