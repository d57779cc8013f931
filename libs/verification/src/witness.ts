import { forward, type Network } from '@mipnet/network';
import type { OnnxRuntime } from './onnx-runtime.js';
import { isUnsafe, unsafeValue, type Query } from './query.js';
import { contains, distance } from './region.js';

/** An unsafe input that survived its replay. */
export interface Witness {
  /** Inside the region, without tolerance. On float32 numbers, save where an interval holds none. */
  readonly input: Float64Array;
  /** By the float64 forward pass. */
  readonly outputs: Float64Array;
  /** By the ONNX runtime, in the type of the model. */
  readonly runtimeOutputs: Float64Array;
  /** The smaller of the two unsafe values. */
  readonly value: number;
  /** From the centre of the region's ball; null for a box. */
  readonly distance: number | null;
}

export type Replay = { readonly accepted: true; readonly witness: Witness } | { readonly accepted: false; readonly reason: string };

/**
 * Replays a point: it is a witness only if it lies in the region and is unsafe both by the float64 forward pass and in the
 * ONNX runtime. Whatever is not shown to be a witness is none.
 * @throws VerificationError 'runtime' when the runtime fails, which is no verdict either
 */
export async function replayWitness(network: Network, runtime: OnnxRuntime, { region, unsafe }: Query, point: Float64Array): Promise<Replay> {
  const refuse = (reason: string): Replay => ({ accepted: false, reason });
  if (point.length !== region.box.lower.length) return refuse(`it has ${point.length} numbers, not ${region.box.lower.length}`);
  if (!point.every(Number.isFinite)) return refuse('a number of it is not finite');
  if (!contains(region, point)) return refuse(outside(region, point));
  const outputs = forward(network, point, 1);
  const runtimeOutputs = await runtime.run(point);
  if (runtimeOutputs.length !== outputs.length) return refuse(`the ONNX runtime gives ${runtimeOutputs.length} outputs, the forward pass ${outputs.length}`);
  const value = unsafeValue(unsafe, outputs);
  const runtimeValue = unsafeValue(unsafe, runtimeOutputs);
  if (!outputs.every(Number.isFinite) || !isUnsafe(unsafe, outputs)) return refuse(`the forward pass finds it safe (${value})`);
  if (!runtimeOutputs.every(Number.isFinite) || !isUnsafe(unsafe, runtimeOutputs)) return refuse(`the ONNX runtime finds it safe (${runtimeValue})`);
  return {
    accepted: true,
    witness: { input: point, outputs, runtimeOutputs, value: Math.min(value, runtimeValue), distance: region.ball === undefined ? null : distance(region.ball, point) },
  };
}

function outside({ box, ball }: Query['region'], point: Float64Array): string {
  const i = point.findIndex((value, at) => value < box.lower[at] || value > box.upper[at]);
  if (i >= 0) return `input ${i} is ${point[i]}, outside [${box.lower[i]}, ${box.upper[i]}]`;
  return ball === undefined ? 'it is outside of the box' : `it is ${distance(ball, point)} from the centre, more than ${ball.radius}`;
}
