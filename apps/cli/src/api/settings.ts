import { CliError } from '../program/cli-error.js';

/** Keys of a plan as the settings of `--set`. JSON is YAML, whatever is in a value. @throws CliError 'bad-input' */
export function settingsText(settings: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text: string | undefined = JSON.stringify(value);
      if (key === '' || key.includes('=') || text === undefined)
        throw new CliError(
          'bad-input',
          `set: '${key}' needs a value that JSON can hold; a key is a path such as seed or dataset.perClass`,
        );
      return `${key}=${text}`;
    });
}
