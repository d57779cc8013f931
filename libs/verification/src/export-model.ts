import highsModule from 'highs';
import type { NamedModel } from './network-model.js';

// The package's types describe its CommonJS face; what Node imports is the ES module, whose default is the loader.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** The formats that other solvers read. */
export type ModelFormat = 'mps' | 'lp';

/** The bytes of a model file, written by HiGHS. */
export async function exportModel({ model, columnNames }: NamedModel, format: ModelFormat): Promise<Uint8Array> {
  const highs = await loadHighs();
  const session = highs.createModel();
  try {
    session.passModel({
      numCols: model.columnCount,
      numRows: model.rowCount,
      colCost: model.cost,
      colLower: model.columnLower,
      colUpper: model.columnUpper,
      rowLower: model.rowLower,
      rowUpper: model.rowUpper,
      offset: model.offset,
      integrality: Int32Array.from(model.integer),
      matrix: {
        format: 'csr',
        numRows: model.rowCount,
        numCols: model.columnCount,
        starts: model.starts,
        indices: model.indices,
        values: model.values,
      },
      colNames: columnNames,
      rowNames: Array.from({ length: model.rowCount }, (_, i) => `r${i}`),
    });
    return format === 'lp' ? new TextEncoder().encode(session.exportModel('lp')) : session.exportModel('mps');
  } finally {
    session.dispose();
  }
}
