import type { Outcome } from '@mipnet/checker';
import type { RunLine, SweepReport, TrainReport, VerificationEnd } from '@mipnet/runs';
import type { CompareResults } from '../commands/compare.js';
import type { EncodePartReport, PartNames } from '../commands/encode-part.js';
import type { EncodeReport } from '../commands/encode.js';
import type { EvaluateReport } from '../commands/evaluate.js';
import type { PlanReport } from '../plan/plan-report.js';
import type { PredictReport } from '../predict/result-writers.js';
import type { CurveReport } from '../questions/curve.js';
import type { CertifiedReport } from '../questions/verify-certified.js';
import type { VerifyReport } from '../questions/verify-report.js';
import type { LeftRun } from '../terminal/print-left.js';

/**
 * What each command prints with --json, by the command and, if there are several documents, the option that chooses
 * one. The reference of the docs site is generated from these types.
 * @public
 */
export interface JsonDocuments {
  readonly train: TrainReport;
  readonly 'train --detach': LeftRun;
  readonly plan: PlanReport;
  readonly sweep: SweepReport;
  readonly evaluate: EvaluateReport;
  readonly predict: PredictReport;
  readonly verify: VerifyReport;
  readonly 'verify --epsilons': CurveReport;
  readonly 'verify --certificate': CertifiedReport;
  readonly check: Outcome;
  readonly encode: EncodeReport;
  readonly 'encode PLAN.yaml': PartNames;
  readonly 'encode PLAN.yaml --part': EncodePartReport;
  /** `plan`: with every default; plans/study.schema.json describes it. */
  readonly compare: CompareResults & { readonly plan: object };
  readonly runs: readonly RunLine[];
  readonly watch: TrainReport | SweepReport | VerificationEnd;
  readonly resume: TrainReport | SweepReport | VerificationEnd;
}
