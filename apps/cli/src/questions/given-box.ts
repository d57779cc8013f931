import { shortJson } from '@mipnet/dataset/stored';
import { inputSize, type Network } from '@mipnet/network';
import { boxRegion, type Region } from '@mipnet/verification';
import { readText } from '../plan/read-plan.js';
import { CliError } from '../program/cli-error.js';

/** Bytes: a million pairs of numbers. */
const mostOfBox = 2 ** 26;

/**
 * `--box LOW,HIGH`: the same range for every input; or a JSON file with one pair `[low, high]` per input.
 * @throws CliError 'bad-input', VerificationError 'query' for bounds that are crossed or not finite
 */
export async function givenBox(text: string, network: Network): Promise<Region> {
  const size = inputSize(network);
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length === 2 && parts.every(Number.isFinite)) {
    const [low, high] = parts;
    return boxRegion(new Float64Array(size).fill(low), new Float64Array(size).fill(high));
  }
  const refuse = (why: string, cause?: unknown): CliError =>
    new CliError('bad-input', `--box ${text}: ${why}`, { cause });
  if (text.includes(',') && parts.some(Number.isFinite))
    throw refuse('give LOW,HIGH such as -1,1, or a JSON file with one pair [low, high] per input');
  const content = await readText(text, '--box', mostOfBox);
  let pairs: unknown;
  try {
    pairs = JSON.parse(content);
  } catch (cause) {
    throw refuse('it is not JSON; give an array of pairs [low, high], one per input', cause);
  }
  if (!Array.isArray(pairs) || pairs.length !== size)
    throw refuse(`give an array of ${size} pairs [low, high], one per input`);
  const wrong = pairs.findIndex((pair) => !isPair(pair));
  if (wrong >= 0) throw refuse(`entry ${wrong} is ${shortJson(pairs[wrong])}, not a pair [low, high] of numbers`);
  const bounds = pairs as [number, number][];
  return boxRegion(
    Float64Array.from(bounds, ([low]) => low),
    Float64Array.from(bounds, ([, high]) => high),
  );
}

const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((bound) => typeof bound === 'number');
