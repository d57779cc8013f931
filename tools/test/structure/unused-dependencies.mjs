import { packageOf } from './sources.mjs';

/**
 * Entries of the table of allowed dependencies (eslint.config.js) that no file of the package uses.
 * @param {import('./sources.mjs').Source[]} sources
 * @param {Record<string, string[]>} allowed the packages that a package may import
 * @returns {string[]}
 */
export function unusedDependencies(sources, allowed) {
  return Object.entries(allowed).flatMap(([name, dependencies]) => {
    const used = new Set(
      sources
        .filter(({ path }) => /^(apps|libs|tools)\/([^/]+)\//.exec(path)?.[2] === name)
        .flatMap(({ imports }) => imports.map(packageOf)),
    );
    return dependencies
      .filter((dependency) => !used.has(dependency))
      .map((dependency) => `eslint.config.js lets ${name} import ${dependency}, and no file of it does`);
  });
}
