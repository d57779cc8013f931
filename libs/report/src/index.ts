export { verifyPage, type VerdictRow, type VerifyPage } from './verify-page.js';
export { trainPage, type TrainPage } from './train-page.js';
export type { Confusion } from './confusion-table.js';
export type { CurvePoint } from './curve.js';
export type { SubproblemRow } from './subproblem-table.js';
export { chartSvg, type Chart } from './chart-svg.js';
export { csvTable, markdownTable, type Column } from './table.js';
