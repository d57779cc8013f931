// Tested by ../e2e/test-rows.e2e.test.ts.
import { CliError } from '../program/cli-error.js';

/** Options about the data, instead of the network's file. */
export interface DataOptions {
  readonly dataset?: string;
  readonly data?: string;
  readonly file?: string;
  readonly class?: string;
  readonly test?: string;
  readonly testFraction?: string;
  readonly splitSeed?: number;
  /** Any other key, as `dataset.key=value`. */
  readonly set?: readonly string[];
}

/** Options as settings of a plan. */
export function settingsOf(options: DataOptions): readonly string[] {
  const { file, class: classColumn, test, testFraction, splitSeed, set = [] } = options;
  const stray = set.find((setting) => !/^dataset\.\w+=/.test(setting));
  if (stray !== undefined) {
    throw new CliError(
      'bad-input',
      `--set ${stray}: of a plan, only keys of its data set count here; ` +
        'write dataset.key=value, such as dataset.header=false',
    );
  }
  const share = testFraction === undefined ? undefined : Number(testFraction);
  const given = Object.entries({ file, class: classColumn, test, testFraction: share, splitSeed });
  // JSON is YAML, whatever is in a name.
  const asSetting = ([key, value]: [string, unknown]): string => `dataset.${key}=${JSON.stringify(value)}`;
  return [...set, ...given.filter(([, value]) => value !== undefined).map(asSetting)];
}
