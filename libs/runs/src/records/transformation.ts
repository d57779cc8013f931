// Tested by ../../../../apps/cli/src/predict/open-rows.unit.test.ts.
import type { Transformation } from '@mipnet/dataset/stored';
import { inputSize, type Network } from '@mipnet/network';
import { RunError } from '../run-error.js';

/** The metadata key of a network that reads transformed images; docs/network-file.md describes it for users. */
export const transformationKey = 'transformation';

/** What is done to images before this network reads them. @throws RunError 'bad-input' for one that is not known */
export function transformationIn(network: Network, file: string): Transformation | undefined {
  const text = network.metadata?.[transformationKey];
  if (text === undefined) return undefined;
  const refuse = (why: string): RunError =>
    new RunError('bad-input', `${file}: the metadata ${transformationKey} ${why}; use the version that wrote the file`);
  if (text !== 'deskew') throw refuse(`is ${JSON.stringify(text.slice(0, 40))}, and only deskew is known`);
  if (network.inputShape.length !== 3)
    throw refuse(`is for images, and the network takes ${inputSize(network)} numbers`);
  return text;
}

/** A sentence for anyone who asks about such a network. */
export const transformationNote = (file: string): string =>
  `${file} reads deskewed images: a verdict is about changes of deskewed pixels, not of the image before`;
