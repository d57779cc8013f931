// Tested by ../../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { coversText, optimalText, type BudgetName } from '@mipnet/recursion';
import { confusionText, durationText, mipnetCommand, plainLine } from '@mipnet/text';
import type { Metrics } from '@mipnet/training';
import { neuronText, type NamedNeuron } from './named-weights.js';
import type { TrainReport } from './train-report.js';

const wordOf: Readonly<Record<BudgetName, string>> = {
  wall: 'time',
  solverSeconds: 'solver time',
  subproblems: 'subproblems',
  gap: 'gap',
  accuracy: 'validation accuracy',
};

function objectiveText({ objective, covers, bound, gap }: TrainReport): string {
  const value = objective?.toFixed(3) ?? 'none';
  if (covers) return `${value} of ${coversText(covers)} only; there is no bound of the whole`;
  return (
    `${value}, proven bound ${bound?.toFixed(3) ?? 'none'}, ` +
    `gap ${gap === null ? 'none' : `${(100 * gap).toFixed(2)}%`}`
  );
}

/** A report for a person to read. */
export function summaryOf(report: TrainReport, stopped: boolean): string {
  const percent = (share: number | null): string => (share === null ? 'none' : `${(100 * share).toFixed(2)}%`);
  const { accuracy, subproblems, seconds, network, dataset, solver } = report;
  const ended =
    subproblems.unfinished > 0
      ? `${subproblems.total - subproblems.unfinished} of ${subproblems.total} ended`
      : subproblems.total;
  const lines = [
    `accuracy     ${percent(accuracy.test)} on ${dataset.test} test ` +
      `samples, ${percent(accuracy.validation)} on ` +
      `validation, ${percent(accuracy.train)} on the ${dataset.train} training samples`,
    ...(report.test ? testLines(report.test, dataset.classes) : []),
    ...weightLines(report.neurons ?? []),
    `objective    ${objectiveText(report)}`,
    `subproblems  ${ended}: ${optimalText(subproblems, solver.name)}, ${subproblems.feasible} feasible with ` +
      `a bound, ${subproblems.unresolved} unresolved, ${subproblems.failed} ` +
      `failed${subproblems.reused > 0 ? `; ${subproblems.reused} taken from earlier runs (--set ` + 'solver.reuse=false solves them again)' : ''}`,
    `network      ${network.parameters} parameters, ${network.nonZero} not zero, weights ${network.domain}`,
    `time         ${durationText(seconds.wall)} (solvers ${seconds.solver.toFixed(1)} s, ` +
      `merging ${seconds.merge.toFixed(1)} s)`,
    ...(solver.name === 'highs' ? [] : [`solver       ${solver.name}, ${solver.version ?? 'not asked'}`]),
    `file         ${network.file}`,
    `run          ${report.run}`,
    ...nextSteps(report).map(([what, command]) => `${what.padEnd(12)} ${command}`),
  ];
  const early =
    report.endedBy === null ? 'stopped early' : `stopped early: the budget of ${wordOf[report.endedBy]} is used up`;
  const why = stopped
    ? `${early}; this is the best network so far. "${mipnetCommand('resume', '--from', report.run)}" continues from it\n`
    : report.endedBy === null
      ? ''
      : `the target of the budget is met: ${wordOf[report.endedBy]}\n`;
  return `${why}${lines.join('\n')}\n`;
}

/** What accuracy does not show. */
const testLines = ({ balancedAccuracy, f1, auc, confusion }: Metrics, classes: readonly string[]): string[] => [
  `test         balanced accuracy ${(100 * balancedAccuracy).toFixed(2)}%, F1 ${f1.toFixed(3)}, AUC ${auc?.toFixed(3) ?? 'none'}`,
  ...confusionText(classes, confusion).map((line) => `             ${line}`),
];

/** More neurons fill the screen; the report has them all. */
const mostNeurons = 6;

const weightLines = (all: readonly NamedNeuron[]): string[] => {
  const deciding = all.filter(({ hidden }) => !hidden);
  const neurons = deciding.length > 0 ? deciding : all;
  return neurons.length > mostNeurons
    ? []
    : neurons.map((neuron) => plainLine(`${neuron.name.padEnd(12)} ${neuronText(neuron)}`));
};

/** Without test rows there is nothing to check or to prove. */
function nextSteps(trained: TrainReport): readonly (readonly [string, string])[] {
  const {
    run,
    network: { file },
    dataset: { test },
    neurons,
  } = trained;
  const report = ['report', mipnetCommand('report', run)] as const;
  if (test === 0) return [report];
  const some = test === 1 ? '0' : `0..${Math.min(10, test) - 1}`;
  // Columns of a table have units of their own.
  const near = neurons === null ? ['--images', some, '--epsilon', '0.02'] : ['--rows', some, '--epsilon', '0.1sd'];
  return [
    ['check it', mipnetCommand('evaluate', file)],
    ['use it', mipnetCommand('predict', file, neurons === null ? 'IMAGES' : 'ROWS.csv')],
    ['prove it', mipnetCommand('verify', file, ...near)],
    report,
  ];
}
