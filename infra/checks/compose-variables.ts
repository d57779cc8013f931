// Compose's ${NAME}, ${NAME:-default} and ${NAME:?message}, as far as our file uses them.

const variable = /\$\{([A-Z][A-Z0-9_]*)(?::([-?])([^}]*))?\}/g;

/** @throws Error that names a required variable without a value */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(variable, (_, name: string, kind: string | undefined, rest: string) => {
    const value = values[name];
    if (value) return value;
    if (kind === '-') return rest;
    throw new Error(`${name}: ${rest ?? 'it has neither a value nor a default'}`);
  });
}

/** Each variable of the text with its default; undefined if there is none. */
export function variablesOf(text: string): ReadonlyMap<string, string | undefined> {
  return new Map([...text.matchAll(variable)].map(([, name, kind, rest]) => [name!, kind === '-' ? rest : undefined]));
}
