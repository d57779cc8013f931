import { BaseSequencer } from 'vitest/node';

/** Test files that take longest, the longest first; what is not here takes less than half a minute. */
const long = [
  ...['committed-plans-divided', 'committed-plans-run', 'worker-process', 'node-run', 'node-stop', 'node-slots'],
  ...['page', 'own-stack', 'bundles', 'to-c', 'node-failures'],
  ...['bad-store', 'runs', 'docs', 'hostile-input', 'sweep', 'tutorials', 'solvers', 'stop', 'chaos', 'train'],
  ...['verify', 'progress', 'bad-input', 'compare', 'stack', 'json-documents', 'pasted-commands'],
];

/** The long files begin first: one of minutes that begins last would leave the other cores idle. */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    const place = ({ moduleId }) => {
      const at = long.indexOf(/([^/]+)\.(?:int|e2e)\.test\.ts$/.exec(moduleId)?.[1] ?? '');
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
