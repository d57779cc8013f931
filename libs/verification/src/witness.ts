import type { Network } from '@mipnet/network';
import type { OnnxRuntime } from './onnx-runtime.js';
import { passOf } from './prepared-pass.js';
import { isUnsafe, unsafeValue, type Query } from './query.js';
import { contains, distance } from './region.js';

/** An input that is unsafe in the ONNX runtime. */
export interface Witness {
  /** Inside the region, without tolerance. On float32 numbers, save where an interval holds none. */
  readonly input: Float64Array;
  /** By the float64 forward pass. */
  readonly outputs: Float64Array;
  /** By the ONNX runtime, in the type of the model. */
  readonly runtimeOutputs: Float64Array;
  /** How unsafe it is in the runtime. */
  readonly value: number;
  /** The float64 forward pass finds it safe: rounding alone makes it unsafe. Absent where both agree. */
  readonly float64Disagrees?: true;
  /** From the centre of the region's ball; null for a box. */
  readonly distance: number | null;
}

export type Replay =
  | { readonly accepted: true; readonly witness: Witness }
  /** `value`: how unsafe the runtime finds a point of the region that is none; absent where it was not asked. */
  | { readonly accepted: false; readonly reason: string; readonly value?: number };

/**
 * Replays a point: it is a witness if it lies in the region and is unsafe in the ONNX runtime, which decides; where the
 * float64 forward pass says otherwise, the witness says so. Whatever is not shown to be a witness is none.
 * @throws VerificationError 'runtime' when the runtime fails, which is no verdict either
 */
export async function replayWitness(
  network: Network,
  runtime: OnnxRuntime,
  { region, unsafe }: Query,
  point: Float64Array,
): Promise<Replay> {
  const refuse = (reason: string, value?: number): Replay => ({
    accepted: false,
    reason,
    ...(value !== undefined && { value }),
  });
  if (point.length !== region.box.lower.length)
    return refuse(`it has ${point.length} numbers, not ${region.box.lower.length}`);
  if (!point.every(Number.isFinite)) return refuse('a number of it is not finite');
  if (!contains(region, point)) return refuse(outside(region, point));
  const outputs = passOf(network)(point, 1);
  const runtimeOutputs = await runtime.run(point);
  if (runtimeOutputs.length !== outputs.length)
    return refuse(`the ONNX runtime gives ${runtimeOutputs.length} outputs, the forward pass ${outputs.length}`);
  const value = unsafeValue(unsafe, runtimeOutputs);
  if (!runtimeOutputs.every(Number.isFinite))
    return refuse(`the ONNX runtime gives outputs that are not finite (${runtimeOutputs.join(', ')})`);
  if (!isUnsafe(unsafe, runtimeOutputs)) return refuse(`the ONNX runtime finds it safe (${value})`, value);
  const disagrees = !isUnsafe(unsafe, outputs);
  return {
    accepted: true,
    witness: {
      input: point,
      outputs,
      runtimeOutputs,
      value,
      ...(disagrees && { float64Disagrees: true }),
      distance: region.ball === undefined ? null : distance(region.ball, point),
    },
  };
}

function outside({ box, ball }: Query['region'], point: Float64Array): string {
  const i = point.findIndex((value, at) => value < box.lower[at] || value > box.upper[at]);
  if (i >= 0) return `input ${i} is ${point[i]}, outside [${box.lower[i]}, ${box.upper[i]}]`;
  return ball === undefined
    ? 'it is outside of the box'
    : `it is ${distance(ball, point)} from the centre, more than ${ball.radius}`;
}
