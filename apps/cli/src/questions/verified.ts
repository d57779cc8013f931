import type { CurveReport } from './curve.js';
import type { CertifiedReport } from './verify-certified.js';
import type { VerifyReport } from './verify-report.js';

/** The answers to one or many questions. */
export interface Verified {
  readonly report: VerifyReport | CertifiedReport | CurveReport;
  /** Something is unresolved because of an error or a stop. */
  readonly incomplete: boolean;
  /** What a person should know of it, one line each. */
  readonly notes: readonly string[];
}
