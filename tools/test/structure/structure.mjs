import { dependencies, widest } from '../../../eslint.config.js';
import { circles } from './circles.mjs';
import { layerFaults } from './layers.mjs';
import { readSources } from './sources.mjs';
import { untested } from './untested.mjs';
import { unusedDependencies } from './unused-dependencies.mjs';
import { wideLines } from './wide-lines.mjs';

/**
 * What holds the repository's shape and ESLint does not see, because it is about several files.
 * @returns {import('../run.mjs').Result}
 */
export function structure() {
  const sources = readSources();
  const found = [
    circles(sources),
    layerFaults(sources),
    unusedDependencies(sources, dependencies),
    wideLines(sources, widest),
    untested(sources),
  ];
  const failed = found.filter((faults) => faults.length > 0).length;
  return { passed: found.length - failed, failed, skipped: 0, notes: found.flat() };
}
