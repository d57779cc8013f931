// Tested by ../e2e/verify-normalised.e2e.test.ts.
import { fromOnnx, normalisedModel, type Normalisation } from '@mipnet/network';
import type { NetworkFile } from '@mipnet/runs/here';
import { CliError } from '../program/cli-error.js';

/** As typed: `0.1307`, or a list with one number per channel. */
export interface NormalisationOptions {
  readonly mean?: string;
  readonly std?: string;
  readonly scale?: string;
}

/** The options that are given. */
export const normalisationIn = (options: NormalisationOptions): readonly (keyof NormalisationOptions)[] =>
  (['mean', 'std', 'scale'] as const).filter((name) => options[name] !== undefined);

/**
 * The network of a file behind (scale x - mean) / std, computed in its own number type: for a network whose training
 * normalised its inputs outside of the file.
 * @throws CliError 'bad-input'
 */
export function normalised(file: string, opened: NetworkFile, options: NormalisationOptions): NetworkFile {
  const given = normalisationIn(options);
  if (given.length === 0) return opened;
  const normalisation: Normalisation = Object.fromEntries(given.map((name) => [name, numbersIn(name, options[name]!)]));
  try {
    const bytes = normalisedModel(opened.bytes, normalisation);
    return { ...opened, network: fromOnnx(bytes), bytes };
  } catch (cause) {
    throw new CliError('bad-input', `${file} with --${given.join(', --')}: ${(cause as Error).message}`, { cause });
  }
}

function numbersIn(name: string, text: string): number[] {
  const numbers = text.split(',').map((part) => {
    const [numerator, denominator = '1', ...others] = part.split('/');
    const isNumber = others.length === 0 && numerator.trim() !== '' && denominator.trim() !== '';
    return isNumber ? Number(numerator) / Number(denominator) : NaN;
  });
  if (numbers.every(Number.isFinite)) return numbers;
  throw new CliError(
    'bad-input',
    `--${name} ${text}: give a number such as 0.5, 1/255, or one per channel such as 0.485,0.456,0.406`,
  );
}
