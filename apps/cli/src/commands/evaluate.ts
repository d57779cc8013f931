// Tested by ../e2e/test-rows.e2e.test.ts.
import { exitCode } from '../program/exit-code.js';
import { print } from '../terminal/print.js';
import { say } from '../terminal/say.js';
import { readNetworkFile, type NetworkFileOptions } from '@mipnet/runs/records';
import { confusionText } from '@mipnet/text';
import type { Metrics } from '@mipnet/training';
import { metricsOn, progressLines } from '../data/metrics-on.js';
import type { DataOptions } from '../data/data-options.js';
import { testRowsFor } from '../data/test-rows.js';

export interface EvaluateOptions extends DataOptions, NetworkFileOptions {
  readonly json?: boolean;
}

/** What `evaluate --json` prints: part of the command's contract. */
export interface EvaluateReport {
  readonly network: { readonly file: string };
  readonly dataset: {
    readonly name: string;
    readonly classes: readonly string[];
    /** Number of test rows. */
    readonly test: number;
    /** Whether they are the test rows of the run that trained the network; null if the file does not record its run. */
    readonly sameAsRun: boolean | null;
    /** Why they are other rows. */
    readonly note: string | null;
  };
  /** Fraction of the rows that get their own class, 0..1. */
  readonly accuracy: { readonly test: number };
  /** The same as a number of rows. */
  readonly correct: number;
  readonly test: Metrics;
}

/**
 * `mipnet evaluate NET.onnx`: accuracy on the test rows of the run that trained the network, or on rows that options
 * name; then a message says that they are other rows.
 */
export async function evaluate(file: string, options: EvaluateOptions): Promise<number> {
  const opened = await readNetworkFile(file, options);
  opened.notes.forEach(say);
  const { dataset, samples, sameAsRun, note } = await testRowsFor(opened.network, file, options, say);
  if (note !== null) say(note);
  const { accuracy, ...others } = await metricsOn(opened, samples, progressLines(samples.count, say));
  const correct = Math.round(accuracy * samples.count);
  const whose = sameAsRun === null ? '' : sameAsRun ? ', the test rows of its run' : ', not the test rows of its run';
  const document: EvaluateReport = {
    network: { file },
    ...(samples.transformation && { transformation: samples.transformation }),
    dataset: { name: dataset.name, classes: dataset.classes, test: samples.count, sameAsRun, note },
    accuracy: { test: accuracy },
    correct,
    test: { accuracy, ...others },
  };
  const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)}%`;
  const lines = [
    `${percent(accuracy)} of ${samples.count} test samples of ${dataset.name} (${correct} right)${whose}${samples.transformation === undefined ? '' : ', deskewed'}`,
    `balanced accuracy ${percent(others.balancedAccuracy)}, F1 ${others.f1.toFixed(3)}, AUC ${others.auc?.toFixed(3) ?? 'none'}`,
    ...confusionText(dataset.classes, others.confusion),
  ];
  if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else print(`${lines.join('\n')}\n`);
  return exitCode.done;
}
