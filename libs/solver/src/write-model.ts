import type { Model } from '@mipnet/mip';
import { modelData } from './highs-run.js';

/** The formats that other solvers read. */
export type ModelFormat = 'mps' | 'lp';

/** The bytes of a model file, written by HiGHS. Rows have the names r0, r1, ... */
export async function writeModel(
  model: Model,
  columnNames: readonly string[],
  format: ModelFormat,
): Promise<Uint8Array> {
  const session = (await (await import('./dialects/highs.js')).loadHighs()).createModel();
  try {
    session.passModel({
      ...modelData(model, false),
      colNames: [...columnNames],
      rowNames: Array.from({ length: model.rowCount }, (_, i) => `r${i}`),
    });
    return format === 'lp' ? new TextEncoder().encode(session.exportModel('lp')) : session.exportModel('mps');
  } finally {
    session.dispose();
  }
}
