import { valuesOf, type Samples } from '@mipnet/dataset';
import { classifier, multiplicationCount, type Network } from '@mipnet/network';
import { durationText } from '@mipnet/text';

/** Samples run at a time: so many, or as many as take about a second. */
const [mostSamples, mostMultiplications] = [2000, 2 ** 30];

/**
 * How many of the samples a network classifies rightly, by the exact forward pass.
 * @param onProgress gets the number of samples done, about once a second for a large network
 */
export function countCorrect(
  network: Network,
  samples: Samples,
  onProgress: (done: number) => void = () => undefined,
): number {
  const classesOf = classifier(network);
  const chunk = Math.max(1, Math.min(mostSamples, Math.floor(mostMultiplications / multiplicationCount(network))));
  let right = 0;
  for (let from = 0; from < samples.count; from += chunk) {
    const to = Math.min(samples.count, from + chunk);
    const features = samples.features.subarray(from * samples.size, to * samples.size);
    const classes = classesOf(valuesOf({ features, scale: samples.scale }), to - from);
    for (let k = from; k < to; k++) if (classes[k - from] === samples.labels[k]) right++;
    onProgress(to);
  }
  return right;
}

/** Seconds of silence that nobody doubts. */
const patience = 5;

/**
 * What says, after some seconds and then now and then, how many of the samples are done and how long the others will
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
