// Tested by model-output.unit.test.ts.
import { newestOpset } from './from-onnx.js';
import { rewrittenModel } from './rewritten-model.js';
import { decodeModel } from './schema.js';

/** The newest opset that the ONNX runtime of mipnet opens. Those up to 28 only add types to the operators read here. */
const newestOfRuntime = 26;

/** A model of a newer opset as one of the newest that the ONNX runtime opens. */
export function withRunnableOpset(bytes: Uint8Array): Uint8Array {
  const stated = decodeModel(bytes).opsetImport?.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  const isNewer = stated?.version !== undefined && stated.version > newestOfRuntime && stated.version <= newestOpset;
  return isNewer ? rewrittenModel(bytes, { opset: newestOfRuntime }) : bytes;
}
