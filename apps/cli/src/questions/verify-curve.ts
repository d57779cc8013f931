// Tested by ../e2e/verify-curve.e2e.test.ts.
import type { Watcher } from '@mipnet/runs/here';
import { CliError } from '../program/cli-error.js';
import { answerQuestions, type StoredSubject, type VerifyOptions } from './answer-questions.js';
import { chosenRows, someRows, type ChosenRows } from './chosen-rows.js';
import { Curve, type CurveReport } from './curve.js';
import { epsilonList } from './epsilon-list.js';
import { questionsAbout } from './row-questions.js';

/**
 * The certified accuracy for each of several distances. A larger distance is asked only about rows that are proven
 * robust for all smaller ones: a witness near a row is one for every larger distance, and what is open stays open.
 */
export async function verifyCurve(
  subject: StoredSubject,
  options: VerifyOptions & { readonly epsilons: string },
  watcher: Watcher,
): Promise<{ readonly report: CurveReport; readonly incomplete: boolean }> {
  const epsilons = epsilonList(options.epsilons);
  refuseOthers(options);
  const began = performance.now();
  const all = await chosenRows(subject.network, subject.file, options, watcher.say);
  const curve = new Curve(epsilons.map(({ text }) => text));
  let left: readonly number[] = [...all.rows.keys()];
  let incomplete = false;
  for (const [at, { text }] of epsilons.entries()) {
    if (left.length === 0 || watcher.signal.aborted) break;
    watcher.say(`epsilon ${text}: ${left.length} of ${all.rows.length} ${all.noun}s`);
    const chosen = someRows(all, left);
    const own = { ...options, ...numbersOf(chosen), epsilon: text, epsilons: undefined };
    const outcome = await answerQuestions(subject, await questionsAbout(subject, own, chosen), own, watcher);
    outcome.notes.forEach(watcher.say);
    incomplete ||= outcome.incomplete;
    const robust = curve.add(at, left, outcome.report);
    left = left.filter((position) => robust.has(position));
  }
  const { network, norm, goal } = { ...options, network: subject.file };
  const report = curve.report({ network, norm, goal }, (performance.now() - began) / 1000);
  return { report, incomplete: incomplete || watcher.signal.aborted };
}

/** The rows by their numbers, so that the record of a run repeats what it asked. */
const numbersOf = ({ noun, rows }: ChosenRows): Pick<VerifyOptions, 'images' | 'rows'> => {
  const numbers = rows.map(({ number }) => number).join(',');
  return noun === 'image' ? { images: numbers, rows: undefined } : { rows: numbers, images: undefined };
};

function refuseOthers({ epsilon, vnnlib, goal, epsilons }: VerifyOptions): void {
  const clash = epsilon !== undefined ? '--epsilon' : vnnlib !== undefined ? '--vnnlib' : undefined;
  if (clash !== undefined)
    throw new CliError('bad-input', `--epsilons ${epsilons} gives the distances by itself; leave out ${clash}`);
  if (goal !== 'feasibility')
    throw new CliError(
      'bad-input',
      `--epsilons ${epsilons} asks for which distances another class can win; leave out --goal ${goal} ` +
        '(closest gives each image its own least distance, with one --epsilon)',
    );
}
