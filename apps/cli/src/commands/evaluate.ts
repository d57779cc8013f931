import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { loadChosenDataset } from './data-options.js';
import { say } from '../terminal/say.js';
import { checkFits, countCorrect, readNetwork } from './evaluate-network.js';

export interface EvaluateOptions {
  /** @default the one the network was trained on, or mnist where its file does not say */
  readonly dataset?: string;
  readonly data?: string;
  readonly file?: string;
  readonly class?: string;
  readonly splitSeed?: number;
  readonly json?: boolean;
}

/** `mipnet evaluate NET.onnx --dataset mnist`: accuracy on all test samples. */
export async function evaluate(file: string, options: EvaluateOptions): Promise<number> {
  const network = await readNetwork(file);
  const choice = { name: options.dataset ?? network.metadata?.dataset ?? 'mnist', splitSeed: options.splitSeed ?? 0, file: options.file, class: options.class };
  const dataset = await loadChosenDataset(choice, options.data, say);
  if (!dataset.test) throw new CliError('bad-input', `the data set ${dataset.name} has no test part`);
  checkFits(network, dataset, file);
  const correct = countCorrect(network, dataset.test);
  const accuracy = { test: correct / dataset.test.count };
  if (options.json) process.stdout.write(`${JSON.stringify({ network: { file }, dataset: { name: dataset.name, test: dataset.test.count }, accuracy, correct }, null, 2)}\n`);
  else process.stdout.write(`${(100 * accuracy.test).toFixed(2)}% of ${dataset.test.count} test samples of ${dataset.name} (${correct} right)\n`);
  return exitCode.done;
}
