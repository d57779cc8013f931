import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';
import { readNetwork } from '@mipnet/runs/records';
import { countCorrect, progressLines } from '../data/count-correct.js';
import { testRowsFor, type DataOptions } from '../data/test-rows.js';

export interface EvaluateOptions extends DataOptions {
  readonly json?: boolean;
}

/**
 * `mipnet evaluate NET.onnx`: accuracy on the test rows of the run that trained the network, or on rows that options
 * name; then a message says that they are other rows.
 */
export async function evaluate(file: string, options: EvaluateOptions): Promise<number> {
  const network = await readNetwork(file);
  const { dataset, samples, sameAsRun, note } = await testRowsFor(network, file, options, say);
  if (note !== null) say(note);
  const correct = countCorrect(network, samples, progressLines(samples.count, say));
  const accuracy = { test: correct / samples.count };
  const whose = sameAsRun === null ? '' : sameAsRun ? ', the test rows of its run' : ', not the test rows of its run';
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ network: { file }, dataset: { name: dataset.name, test: samples.count, sameAsRun, note }, accuracy, correct }, null, 2)}\n`
      : `${(100 * accuracy.test).toFixed(2)}% of ${samples.count} test samples of ${dataset.name} ` +
          `(${correct} right)${whose}\n`,
  );
  return exitCode.done;
}
