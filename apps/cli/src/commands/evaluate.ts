import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';
import { readNetworkFile } from '@mipnet/runs/records';
import { confusionText } from '@mipnet/text';
import { metricsOn, progressLines } from '../data/metrics-on.js';
import type { DataOptions } from '../data/data-options.js';
import { testRowsFor } from '../data/test-rows.js';

export interface EvaluateOptions extends DataOptions {
  readonly json?: boolean;
}

/**
 * `mipnet evaluate NET.onnx`: accuracy on the test rows of the run that trained the network, or on rows that options
 * name; then a message says that they are other rows.
 */
export async function evaluate(file: string, options: EvaluateOptions): Promise<number> {
  const opened = await readNetworkFile(file);
  const { dataset, samples, sameAsRun, note } = await testRowsFor(opened.network, file, options, say);
  if (note !== null) say(note);
  const { accuracy, ...others } = await metricsOn(opened, samples, progressLines(samples.count, say));
  const correct = Math.round(accuracy * samples.count);
  const whose = sameAsRun === null ? '' : sameAsRun ? ', the test rows of its run' : ', not the test rows of its run';
  const document = {
    network: { file },
    dataset: { name: dataset.name, classes: dataset.classes, test: samples.count, sameAsRun, note },
    accuracy: { test: accuracy },
    correct,
    test: { accuracy, ...others },
  };
  const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)}%`;
  const lines = [
    `${percent(accuracy)} of ${samples.count} test samples of ${dataset.name} (${correct} right)${whose}`,
    `balanced accuracy ${percent(others.balancedAccuracy)}, F1 ${others.f1.toFixed(3)}, AUC ${others.auc?.toFixed(3) ?? 'none'}`,
    ...confusionText(dataset.classes, others.confusion),
  ];
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : `${lines.join('\n')}\n`);
  return exitCode.done;
}
