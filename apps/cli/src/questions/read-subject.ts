// Tested by ../e2e/verify.e2e.test.ts.
import { fromOnnx } from '@mipnet/network';
import { readModelFile, readNetworkFile, type NetworkFile, type NetworkFileOptions } from '@mipnet/runs/here';
import { modelOf, networksOf, readVnnlib, type VnnlibProperty } from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import type { QuestionOptions } from './asked-question.js';
import { normalised } from './normalisation.js';
import { refuseBesideProperty } from './property-question.js';
import { requireWholeModel } from './whole-model.js';

export interface Subject extends NetworkFile {
  /** What `--vnnlib` names. */
  readonly property?: VnnlibProperty;
}

/**
 * The network that is verified: that of the file, or for a property about more than its outputs the same with its
 * inputs and hidden tensors beside them.
 * @param onNetwork gets the network before the property is read, which may add to it
 * @throws CliError 'bad-input', VerificationError, and as `readNetworkFile`
 */
export async function readSubject(
  file: string,
  options: QuestionOptions & NetworkFileOptions,
  onNetwork: (alone: NetworkFile) => Promise<void> = async () => undefined,
): Promise<Subject> {
  if (options.vnnlib === undefined) {
    const subject = normalised(file, await readNetworkFile(file, options), options);
    await onNetwork(subject);
    return subject;
  }
  refuseBesideProperty(options);
  // Only joined, a graph of several inputs is a network.
  const alone = await readNetworkFile(file, options).catch((error: unknown) => ({ error }));
  const bytes = options.output !== undefined && 'bytes' in alone ? alone.bytes : await readModelFile(file);
  if ('bytes' in alone) await onNetwork(alone);
  const property = await readVnnlib(options.vnnlib).catch((error: unknown) => {
    throw 'error' in alone ? alone.error : error;
  });
  const networks = networksOf(property);
  if (networks.length > 1)
    throw new CliError(
      'bad-input',
      `${options.vnnlib} is about the networks ${networks.join(', ')}: give a file for each, by ` +
        `mipnet-vnnlib verify ${options.vnnlib} ${networks.map((name) => `--network ${name}=NET.onnx`).join(' ')}`,
    );
  const model = modelOf(property, () => ({ file, bytes }));
  if (model !== bytes) return { network: fromOnnx(model), bytes: model, property, ending: [], notes: [] };
  if ('error' in alone) throw alone.error;
  requireWholeModel(file, alone.ending);
  return { ...alone, property };
}
