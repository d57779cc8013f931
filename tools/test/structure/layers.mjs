/** Folders of a package that import one way: each only those before it. docs/design.md says what each is for. */
const layersOf = {
  'libs/training/src': ['problem', 'rows', 'model', 'search', 'solve', 'splits', 'tree', 'plan'],
};

/**
 * Imports from a layer that is closer to the top. Tests and `testing/` stand outside the layers.
 * @param {import('./sources.mjs').Source[]} sources
 * @param {Record<string, string[]>} layers
 * @returns {string[]}
 */
export function layerFaults(sources, layers = layersOf) {
  return Object.entries(layers).flatMap(([folder, order]) => {
    const layerOf = (path) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : '');
    return sources
      .filter(({ path }) => order.includes(layerOf(path)) && !path.includes('.test.'))
      .flatMap(({ path, files }) =>
        files
          .filter((file) => file.endsWith('.ts') && order.indexOf(layerOf(file)) > order.indexOf(layerOf(path)))
          .map((file) => `${path} imports ${file}: the order in ${folder} is ${order.join(' <- ')}`),
      );
  });
}
