import { decisionThreshold, outputSize, type Network } from '@mipnet/network';
import { rawOf, type Samples } from '@mipnet/dataset';
import { metricsOf, type Metrics } from '@mipnet/training';
import { openScorer } from '@mipnet/verification';
import { durationText } from '@mipnet/text';

/**
 * How well a network file predicts the classes of samples, by the ONNX runtime.
 * @param bytes the file
 * @param network what it holds
 * @param onProgress gets the number of samples done
 */
export async function metricsOn(
  { bytes, network }: { readonly bytes: Uint8Array; readonly network: Network },
  samples: Samples,
  onProgress: (done: number) => void = () => undefined,
): Promise<Metrics> {
  const scorer = await openScorer(bytes, network);
  try {
    const outputs = outputSize(network);
    const scores = new Float32Array(samples.count * outputs);
    for (let from = 0; from < samples.count; from += scorer.batch) {
      const to = Math.min(samples.count, from + scorer.batch);
      const features = samples.features.subarray(from * samples.size, to * samples.size);
      scores.set(await scorer.scores(rawOf({ ...samples, features }), to - from), from * outputs);
      onProgress(to);
    }
    const { labels, classes } = samples;
    return metricsOf({ scores, labels, classes: classes.length, threshold: decisionThreshold(network) })!;
  } finally {
    await scorer.release();
  }
}

/** Seconds of silence that nobody doubts. */
const patience = 5;

/**
 * Reports, after some seconds and then now and then, how many of the samples are done and how long the others will
 * take.
 */
export function progressLines(count: number, say: (line: string) => void): (done: number) => void {
  const began = performance.now();
  let saidAt = began;
  return (done) => {
    const now = performance.now();
    if (done === count || now - saidAt < 1000 * patience) return;
    saidAt = now;
    say(`  ${done}/${count} samples | ${durationText(((now - began) / 1000 / done) * (count - done))} to go`);
  };
}
