export { verifyPage, type VerdictRow, type VerifyPage } from './verify-page.js';
export { trainPage, type TrainPage } from './train-page.js';
export type { Confusion } from './confusion-table.js';
export type { CurvePoint } from './curve.js';
export type { SubproblemRow } from './subproblem-table.js';
