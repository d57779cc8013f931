import type { Network } from '@mipnet/network';
import type { OnnxRuntime } from './onnx-runtime.js';
import { passOf } from './prepared-pass.js';
import { isUnsafe, unsafeValue, type Query } from './query.js';
import { contains, distance, unchosen } from './region.js';

/** An input that is unsafe in the ONNX runtime. */
export interface Witness {
  /** Inside the region, without tolerance. On float32 numbers, except if an interval holds none. */
  readonly input: Float64Array;
  /** By the float64 forward pass. */
  readonly outputs: Float64Array;
  /** By the ONNX runtime, in the type of the model. */
  readonly runtimeOutputs: Float64Array;
  /** How unsafe it is in the runtime. */
  readonly value: number;
  /** The float64 forward pass finds it safe: rounding alone makes it unsafe. Absent if both agree. */
  readonly float64Disagrees?: true;
  /** From the centre of the region's ball; null for a box. */
  readonly distance: number | null;
}

export type Replay =
  | { readonly accepted: true; readonly witness: Witness }
  /**
   * `value`: the unsafe value of a refused point of the region in the runtime; absent if the runtime was not called.
   */
  | { readonly accepted: false; readonly reason: string; readonly value?: number };

/**
 * Replays a point: it is a witness if it lies in the region and is unsafe in the ONNX runtime, which decides; if the
 * float64 forward pass disagrees, the witness says so. Any other point is no witness.
 * @throws VerificationError 'runtime' if the runtime fails, which is no verdict
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

function outside(region: Query['region'], point: Float64Array): string {
  const { box, ball } = region;
  const i = point.findIndex((value, at) => value < box.lower[at] || value > box.upper[at]);
  if (i >= 0) return `input ${i} is ${point[i]}, outside [${box.lower[i]}, ${box.upper[i]}]`;
  const other = unchosen(region, point);
  if (other >= 0) return `input ${other} is ${point[other]}, which is none of the numbers that it may take`;
  return ball === undefined
    ? 'one of its categories has not exactly one value'
    : `it is ${distance(ball, point)} from the centre, more than ${ball.radius}`;
}
