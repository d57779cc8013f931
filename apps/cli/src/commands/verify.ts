// Tested by ../e2e/verify.e2e.test.ts.
import { plainJson } from '@mipnet/text';
import { verifyNetwork } from '../api/verify-network.js';
import { exitCode } from '../program/exit-code.js';
import type { VerifyOptions } from '../questions/answer-questions.js';
import type { Verified } from '../questions/verified.js';
import { print } from '../terminal/print.js';
import { watchFromTerminal } from '../terminal/watcher.js';

/** `mipnet verify`: certified verdicts on images, on rows of a table or on a VNN-LIB property. */
export async function verify(file: string, options: VerifyOptions & { readonly json?: boolean }): Promise<number> {
  const watcher =
    options.certificate === undefined
      ? watchFromTerminal('stopped before there was a verdict to keep', 'the verdicts of this run')
      : watchFromTerminal('stopped before there was a verdict', 'what is known so far');
  try {
    const { report, incomplete, notes } = await verifyNetwork(file, options, watcher);
    if (options.json) process.stdout.write(plainJson(report));
    else print(await textOf(report));
    notes.forEach(watcher.say);
    if (options.out !== undefined && report.results.every(({ witness }) => witness === null))
      watcher.say(`there is no witness, so nothing is written to ${options.out}`);
    return incomplete ? exitCode.incomplete : exitCode.done;
  } finally {
    watcher.close();
  }
}

async function textOf(report: Verified['report']): Promise<string> {
  if (!('epsilons' in report)) {
    const { summaryOf } = await import('../questions/verify-summary.js');
    return summaryOf(report);
  }
  const { curveText } = await import('../questions/curve-text.js');
  return curveText(report);
}
