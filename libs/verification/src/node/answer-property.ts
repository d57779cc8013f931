import { fromOnnx, inFloat32, inputSize, outputSize } from '@mipnet/network';
import { openSolver, sessionsOf } from '@mipnet/solver';
import { rememberedCrown } from '../bound-outputs.js';
import { mergeUnits } from '../merge-units.js';
import { requireVerifiable } from '../model-size.js';
import { openOnnxRuntime } from '../onnx-runtime.js';
import type { Verdict } from '../verdict.js';
import { VerificationError } from '../verification-error.js';
import { rowWidth, vnnlibQueries, type VnnlibProperty } from '../vnnlib/property.js';
import { classesOf, passAt, type PassOptions } from './pass.js';

/**
 * Answers a property in this thread, without a store.
 * @param model that the property's rows are about (`modelOf`)
 * @throws VerificationError 'query' if it does not fit the model, NetworkError for a model that cannot be read, and the
 *   error of a step that failed
 */
export async function answerProperty(
  model: Uint8Array,
  property: VnnlibProperty,
  options: Omit<PassOptions, 'seed'>,
): Promise<Verdict> {
  const given = fromOnnx(model);
  requireVerifiable(given);
  const network = inFloat32(mergeUnits(given));
  if (property.inputs !== inputSize(network) || rowWidth(property) !== outputSize(network))
    throw new VerificationError(
      'query',
      `the property is about ${property.inputs} inputs and ${property.outputs} outputs, but the network has ` +
        `${inputSize(network)} and ${outputSize(network) - rowWidth(property) + property.outputs}`,
    );
  const mip = await openSolver();
  const runtime = await openOnnxRuntime(model);
  try {
    const tools = { network, runtime, boundLayers: rememberedCrown(network), mip, solver: () => sessionsOf(mip) };
    const question = { name: 'property', label: null, queries: vnnlibQueries(property) };
    const { verdict, failed } = await passAt(tools, question, classesOf(question), { ...options, seed: 0 });
    if (failed) throw new VerificationError('runtime', verdict.reason ?? 'a step failed');
    return verdict;
  } finally {
    await runtime.release();
    await mip.close();
  }
}
