#!/usr/bin/env node
/**
 * Do other programs read the models that `mipnet encode` writes, and find the same optimum? Networks of every kind of
 * layer are encoded with every formulation, written as MPS and LP, and solved by HiGHS in this process (WebAssembly)
 * and by native HiGHS from PyPI, which shares neither the file writer's memory nor the build.
 *
 *     node tools/native-highs/check-models.mjs [--python INTERPRETER-WITH-HIGHSPY] [--networks 6]
 *
 * Without --python it makes a throw-away virtual environment and installs highspy there. Where that cannot be had it
 * says so and ends with 0: nothing was checked.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@mipnet/dataset';
import { loadHighsSolver, writeModel } from '@mipnet/solver';
import { ballRegion, networkModel } from '@mipnet/verification';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: { python: { type: 'string' }, networks: { type: 'string', default: '6' } },
});
const folder = mkdtempSync(join(tmpdir(), 'mipnet-models-'));
const version = 'highspy==1.15.1';

const reader = `
import json, sys, highspy
answers = []
for path in json.load(sys.stdin):
    h = highspy.Highs()
    h.setOptionValue('output_flag', False)
    read = str(h.readModel(path))
    h.run()
    lp = h.getLp()
    integers = sum(1 for kind in lp.integrality_ if kind != highspy.HighsVarType.kContinuous)
    answers.append(dict(path=path, read=read, status=str(h.getModelStatus()), objective=h.getInfo().objective_function_value, columns=lp.num_col_, rows=lp.num_row_, integers=integers))
json.dump(answers, sys.stdout)
`;

/** A chain with a convolution, pools, and relu, step or sign, of sizes that solve at once. */
function networkOf(seed) {
  const random = seededRandom(seed, 'native highs');
  const numbers = (length) => Float64Array.from({ length }, () => Math.round(200 * random.uniform() - 100) / 64);
  const activation = (name) => ({ kind: 'activation', activation: name });
  const pool = {
    kind: seed % 2 ? 'maxPool2d' : 'averagePool2d',
    kernel: [2, 2],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    countIncludePad: false,
  };
  const conv = {
    kind: 'conv2d',
    inputChannels: 1,
    outputChannels: 2,
    groups: 1,
    kernel: [2, 2],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    weights: numbers(8),
    bias: numbers(2),
  };
  const dense = (inputs, outputs) => ({
    kind: 'dense',
    inputs,
    outputs,
    weights: numbers(inputs * outputs),
    bias: numbers(outputs),
  });
  const second = ['relu', 'step', 'sign'][seed % 3];
  return {
    inputShape: [1, 4, 4],
    layers: [conv, activation('relu'), pool, { kind: 'flatten' }, dense(8, 4), activation(second), dense(4, 2)],
  };
}

function interpreter() {
  if (values.python !== undefined) return values.python;
  const venv = join(folder, 'venv');
  try {
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', version], { stdio: 'pipe' });
    return join(venv, 'bin', 'python');
  } catch (error) {
    const [line] = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .slice(-1);
    console.log(`skipped: ${version} cannot be installed here (${line}); give --python, an interpreter that has it`);
    return undefined;
  }
}

async function main() {
  const python = interpreter();
  if (python === undefined) return 0;
  const solver = await loadHighsSolver();
  const cases = [];
  for (let seed = 0; seed < Number(values.networks); seed++) {
    const network = networkOf(seed);
    const centre = Float64Array.from({ length: 16 }, (_, i) => (1 + ((7 * i + seed) % 8)) / 10);
    for (const norm of ['linf', 'l1']) {
      const region = ballRegion({ norm, centre, radius: norm === 'linf' ? 0.2 : 1 });
      for (const formulation of ['big-m', 'extended', 'convex-hull', 'partition(2)']) {
        const named = networkModel(network, region, [formulation], {
          coefficients: Float64Array.of(1, -1),
          constant: 0.125,
        });
        const { objective } = solver.solve(named.model);
        const integers = named.model.integer.reduce((sum, flag) => sum + flag, 0);
        for (const format of ['mps', 'lp']) {
          const path = join(folder, `net${seed}-${norm}-${formulation}.${format}`);
          writeFileSync(path, await writeModel(named.model, named.columnNames, format));
          cases.push({ path, objective, columns: named.model.columnCount, rows: named.model.rowCount, integers });
        }
      }
    }
  }
  const answers = JSON.parse(
    execFileSync(python, ['-c', reader], {
      input: JSON.stringify(cases.map(({ path }) => path)),
      maxBuffer: 2 ** 28,
    }).toString(),
  );
  let wrong = 0;
  for (const [at, answer] of answers.entries()) {
    const expected = cases[at];
    const same =
      answer.status.endsWith('kOptimal') &&
      Math.abs(answer.objective - expected.objective) <= 1e-6 * (1 + Math.abs(expected.objective)) &&
      answer.columns === expected.columns &&
      answer.rows === expected.rows &&
      answer.integers === expected.integers;
    if (same) continue;
    wrong++;
    console.log(
      `${answer.path.split('/').at(-1)}: ${answer.read}, ${answer.status}, ${answer.objective} ` +
        `on ${answer.columns} ` +
        `columns, ${answer.rows} ` +
        `rows, ${answer.integers} integers; expected ${expected.objective} ` +
        `on ${expected.columns}, ${expected.rows}, ${expected.integers}`,
    );
  }
  console.log(
    `${answers.length} model files read and solved by native HiGHS ` +
      `(${version}): ${answers.length - wrong} ` +
      'with the ' +
      'same size ' +
      `and optimum, ${wrong} not`,
  );
  return wrong === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
