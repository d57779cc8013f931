import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawDigits } from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { solverNames } from '@mipnet/solver';
import { capabilitiesOf } from '@mipnet/solver/capabilities';
import { describe, expect, test } from 'vitest';
import { TrainingError } from '../problem/training-error.js';
import { divideNode } from '../tree/divide-and-merge.js';
import { parsePlan } from './parse-plan.js';
import { planJsonSchema, seconds } from './plan-schema.js';
import { prepareRun } from './prepare-run.js';

const base = 'network:\n  - {dense: 1, activation: sign}\n';

/** The message of the error that a plan must give. */
function refusal(text: string, settings: readonly string[] = []): string {
  try {
    parsePlan(text, 'few.yaml', settings);
  } catch (error) {
    expect(error).toBeInstanceOf(TrainingError);
    expect(error).toHaveProperty('code', 'plan');
    return (error as Error).message;
  }
  throw new Error(`this plan was taken: ${text} ${settings.join(' ')}`);
}

describe('parsePlan', () => {
  test('fills in what a short plan leaves out', () => {
    expect(parsePlan(base, 'few.yaml')).toMatchObject({
      name: 'unnamed',
      dataset: { name: 'mnist', shifts: 0 },
      network: [{ dense: 1, weights: 'ternary', bias: true, activation: 'sign' }],
      splits: [],
      objectives: ['fit'],
      seed: 0,
    });
    expect(parsePlan(`${base}dataset: digits`, 'few.yaml').dataset.name).toBe('digits');
    expect(parsePlan(`${base}splits: [pairs]`, 'few.yaml').splits).toEqual([{ name: 'pairs' }]);
  });

  const folder = new URL('../../../../plans/', import.meta.url);
  test.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('takes the preset %s', (name) => {
    expect(parsePlan(readFileSync(new URL(name, folder), 'utf8'), name).network.length).toBeGreaterThan(0);
  });

  test('plans/plan.schema.json, which editors read, is the schema of today (npx vitest run --project unit libs/training/src/plan/parse-plan -u writes it anew)', async () => {
    await expect(`${JSON.stringify(planJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      fileURLToPath(new URL('plan.schema.json', folder)),
    );
  });

  test.each([
    [
      'an unknown key at the top',
      'solvr: {}',
      "there is no key 'solvr'; known keys are name, ",
      'Did you mean solver?',
    ],
    [
      'an unknown key inside',
      'dataset: {perclass: 3}',
      "dataset has no key 'perclass'; known keys are name, ",
      'Did you mean perClass?',
    ],
    [
      'an unknown key in a form of many',
      'objectives:\n  - fit: {margn: 3}',
      "objectives.0.fit has no key 'margn'; known keys are loss, margin, sparsity",
      'Did you mean margin?',
    ],
    [
      'a key far from any',
      'solver: {banana: 3}',
      "solver has no key 'banana'; known keys are backend, workLimit, timeLimit",
    ],
    ['a number that is text', 'solver: {workLimit: many}', 'solver.workLimit is "many"; it has to be a number'],
    ['a fraction', 'seed: 1.5', 'seed is 1.5; it has to be a whole number'],
    [
      'a number out of range',
      'objectives:\n  - fit: {margin: -3}',
      'objectives.0.fit.margin is -3; it has to be greater than 0',
    ],
    [
      'a duration',
      'solver: {timeLimit: 10 parsecs}',
      'solver.timeLimit is "10 parsecs"; it has to be a duration such as 10s, 5m or 1h',
    ],
    ['another number than those allowed', 'dataset: {shifts: 3}', 'dataset.shifts is 3; it has to be one of 0, 4, 8'],
    [
      'a word that is nearly right',
      'splits: [pair]',
      'splits.0 is "pair"; it has to be one of pairs, ',
      'Did you mean pairs?',
    ],
    ['no list', 'splits: pairs', 'splits is "pairs"; it has to be a list'],
    ['no mapping', 'dataset: 7', 'dataset is 7; it has to be a mapping of keys'],
    ['no name', 'name: "a b"', 'name is "a b"; it has to be letters'],
    ['both limits', 'solver: {workLimit: 3, timeLimit: 10s}', 'solver has both workLimit and timeLimit; keep'],
    [
      'both ways to choose rows',
      'dataset: {perClass: 3, indices: rows.json}',
      'dataset has both perClass and indices; keep',
    ],
  ])('says where, what and what instead: %s', (_, text, ...parts) => {
    const message = refusal(base + text);
    expect(message.startsWith(`few.yaml: ${parts[0]}`), message).toBe(true);
    if (parts[1]) expect(message.endsWith(parts[1])).toBe(true);
    else expect(message).not.toContain('Did you mean');
  });

  test.each([
    ['nothing', '', 'network is missing; it is a list'],
    ['no layer', 'network: []', 'network is []; it has to be a list of 1 or more'],
    [
      'an unknown layer',
      'network:\n  - {dence: 1}',
      "network.0 has no key 'dence'; known keys are dense, ",
      'Did you mean dense?',
    ],
    ['a layer that is a number', 'network:\n  - 5', 'network.0 is 5; it has to be one of {dense: ...}, '],
    [
      'a wrong value of the form that was meant',
      'network:\n  - {dense: many}',
      'network.0.dense is "many"; it has to be a number',
    ],
    [
      'a domain',
      'network:\n  - {dense: 1, weights: tenary}',
      'network.0.weights is "tenary"; it has to be one of ternary, binary, real, integer(P)',
    ],
    [
      'an activation',
      'network:\n  - {dense: 1}\n  - {dense: 1, activation: sine}',
      'network.1.activation is "sine"; it has to be one of none, relu, leakyRelu, clip, abs, step, sign, ternary',
    ],
    [
      'a size beyond any machine',
      'network:\n  - {dense: 999999999999}',
      'network.0.dense is 999999999999; it has to be at most 100000',
    ],
    [
      'a size beyond integers',
      'network:\n  - {conv: 1e300, kernel: 3}',
      'network.0.conv is 1e+300; it has to be at most 10000',
    ],
    [
      'a list of too many layers',
      `network:\n${'  - {dense: 1}\n'.repeat(101)}`,
      'network is [{"dense":1},',
      'it has to be a list of 100 or fewer',
    ],
    [
      'two layers in one',
      'network:\n  - {dense: 1, averagePool: 2}',
      'network.0 has averagePool beside dense, which do not go together; write them as items of their own',
    ],
  ])('a network with %s', (_, text, ...parts) => {
    const message = refusal(text);
    expect(message.startsWith(`few.yaml: ${parts[0]}`), message).toBe(true);
    if (parts[1]) expect(message.endsWith(parts[1])).toBe(true);
  });

  test.each([
    [
      'a consensus without a size',
      'splits: [{batches: {kind: consensus}}]',
      'splits.0.batches is {"kind":"consensus"}; give either size (rows of a batch) or count (number of batches)',
    ],
    [
      'a schedule without rounds',
      'splits: [{batches: {kind: hardest-first, start: 3, add: 3}}]',
      'splits.0.batches.rounds is missing; it is a number',
    ],
    [
      'cycles without end',
      'splits: [{layers: {cycles: 1000000000}}]',
      'splits.0.layers.cycles is 1000000000; it has to be at most 1000',
    ],
  ])('splits with %s', (_, text, message) => {
    expect(refusal(`network: [{dense: 1}]\n${text}`)).toBe(`few.yaml: ${message}`);
  });

  test.each([
    [
      'a tag, which would only be warned of',
      'network: [{dense: !!js/function 3}]',
      'few.yaml line 1: this is not valid YAML (Unresolved tag: tag:yaml.org,2002:js/function)',
    ],
    [
      'references that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcd'].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abc'[at]}`).join()}]`).join('\n')}\nnetwork: *d`,
      'few.yaml: this is not valid YAML (its references (*name) expand to too much)',
    ],
    [
      'lists of lists of lists',
      `network: ${'['.repeat(50_000)}`,
      'few.yaml line 1: this is not valid YAML (it is nested too deeply)',
    ],
    [
      'several documents',
      'network: [{dense: 1}]\n---\nnetwork: []',
      'few.yaml line 2: this is not valid YAML (it has several documents; write one without the line ---)',
    ],
  ])('YAML with %s', (_, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('says in which line YAML went wrong, and what is no plan at all', () => {
    expect(refusal('name: x\nnetwork: [1,\nb: 2\n')).toMatch(/^few\.yaml line 3: this is not valid YAML/);
    expect(refusal('- 1\n- 2')).toMatch(/a plan is a mapping of keys such as dataset and network, this is a list/);
    expect(refusal('hello')).toMatch(/a plan is a mapping/);
  });
});

describe('solver.backend', () => {
  test('is a name of the registry of solvers', () => {
    for (const name of solverNames)
      expect(parsePlan(base, 'few.yaml', [`solver={backend: ${name}, timeLimit: 2s}`]).solver.backend).toBe(name);
    expect(parsePlan(base, 'few.yaml').solver.backend).toBeUndefined();
    expect(refusal(base, ['solver.backend=cplex'])).toContain(solverNames.join(', '));
  });

  test('with a work limit is refused where the solver has no such limit, and only there', () => {
    for (const name of solverNames) {
      const settings = [`solver={backend: ${name}, workLimit: 100}`];
      if (capabilitiesOf(name).work !== null)
        expect(parsePlan(base, 'few.yaml', settings).solver).toMatchObject({ backend: name, workLimit: 100 });
      else
        expect(refusal(base, settings)).toBe(
          `few.yaml: solver.workLimit: the solver ${name} has no limit that stops at the same point in ` +
            'every run; set solver.timeLimit instead, or another solver.backend',
        );
    }
  });

  test('travels with every leaf, so that a worker that has it solves it', async () => {
    const plan = (backend: string) =>
      `${base}dataset: {name: digits, perClass: 2, validationPerClass: 1}\nsplits: [pairs]\nsolver: ` +
      `{backend: ${backend}, timeLimit: 1}`;
    const leaves = async (backend: string) => {
      const store = new MemoryStore();
      const data = drawDigits({ trainPerClass: 4, testPerClass: 1 });
      const { node } = await prepareRun(parsePlan(plan(backend), 'few.yaml'), data, store);
      return [node, ...(await divideNode(store, node, { round: 0 }))];
    };
    expect(new Set((await leaves('scip')).map(({ solver }) => solver))).toEqual(new Set(['scip']));
    expect(new Set((await leaves('highs')).map(({ solver }) => solver))).toEqual(new Set([undefined]));
  });
});

describe('--set', () => {
  test("a file without a name is a data set of one's own, whatever the plan names", () => {
    const dataset = (text: string, ...settings: readonly string[]): { name: string; file?: string } =>
      parsePlan(`${base}${text}`, 'few.yaml', settings).dataset;
    expect(dataset('dataset: {file: a.npz}')).toMatchObject({ name: 'file', file: 'a.npz' });
    expect(dataset('dataset: {name: csv, file: a.npz}')).toMatchObject({ name: 'csv', file: 'a.npz' });
    expect(dataset('dataset: {name: mnist, perClass: 3}', 'dataset.file=a.npz')).toMatchObject({
      name: 'file',
      file: 'a.npz',
      perClass: 3,
    });
    expect(dataset('dataset: mnist', 'dataset.file=a.npz').name).toBe('file');
    expect(dataset('dataset: {name: csv}', 'dataset.file=a.csv').name).toBe('csv');
    expect(dataset('', 'dataset.name=csv', 'dataset.file=a.csv').name).toBe('csv');
    expect(dataset('', 'dataset.file=a.csv', 'dataset.name=csv').name).toBe('csv');
  });

  test('sets what is there and what is not, values read as YAML, later ones over earlier ones', () => {
    const plan = parsePlan(
      `${base}dataset: {name: mnist, perClass: 4}`,
      'few.yaml',
      [
        'dataset.perClass=40',
        'dataset.seed=1',
        'dataset.seed=2',
        'network.0.dense=3',
        'splits=[pairs]',
        'objectives=[{fit: {margin: 12, sparsity: 0.1}}]',
        'solver.timeLimit=5m',
        'name=a=b',
      ].slice(0, 7),
    );
    expect(plan).toMatchObject({
      dataset: { name: 'mnist', perClass: 40, seed: 2 },
      network: [{ dense: 3, activation: 'sign' }],
      splits: [{ name: 'pairs' }],
      objectives: [{ fit: { margin: 12 } }],
      solver: { timeLimit: '5m' },
    });
    expect(parsePlan(`${base}dataset: digits`, 'few.yaml', ['dataset.perClass=4']).dataset).toMatchObject({
      name: 'digits',
      perClass: 4,
    });
    expect(parsePlan(base, 'few.yaml', ['dataset.file=a=b.csv']).dataset.file).toBe('a=b.csv');
  });

  test.each([
    ['file', 'a #1.csv'],
    ['file', 'a: b.csv'],
    ['file', '[x].csv'],
    ['file', '@x "y" \'z\'.csv'],
    ['file', '2020'],
    ['test', 'true'],
    ['class', 'class #1'],
    ['class', '*'],
    ['decimal', ','],
    ['delimiter', '|'],
  ])('text is taken as it is typed: %s is %s', (key, typed) => {
    expect(parsePlan(base, 'few.yaml', [`dataset.${key}=${typed}`]).dataset).toMatchObject({ [key]: typed });
    expect(parsePlan(base, 'few.yaml', [`dataset.${key}=${JSON.stringify(typed)}`]).dataset).toMatchObject({
      [key]: typed,
    });
  });

  test('a column by number stays a number, text in quotes and null stay YAML', () => {
    const dataset = (value: string): unknown => parsePlan(base, 'few.yaml', [`dataset.class=${value}`]).dataset.class;
    expect(['-1', ' 2 ', "'2'", "'it''s'"].map(dataset)).toEqual([-1, 2, '2', "it's"]);
    expect(() => parsePlan(base, 'few.yaml', ['dataset.file='])).toThrow('dataset.file is null; it has to be text');
  });

  test('a value of the wrong kind: the kinds that are right', () => {
    expect(() => parsePlan(base, 'few.yaml', ['dataset.missing=[?]'])).toThrow(
      'dataset.missing.0 is {"":null}; it has to be text or a number',
    );
  });

  test.each([
    ['dataset.name', 'write it as key=value'],
    ['=4', 'write it as key=value'],
    ['network.3.dense=4', 'there is no item 3 in a list of 1'],
    ['network.one.dense=4', 'there is no item one in a list of 1'],
    ['seed=[1', "the value is not valid YAML; if it has spaces, put the whole setting in quotes: --set 'seed=...'"],
    ['a..b=1', 'a..b is not a key of a plan'],
    ['__proto__.x=1', '__proto__.x is not a key of a plan'],
    ['dataset.constructor.prototype.polluted=1', 'is not a key of a plan'],
  ])('refuses %s', (setting, message) => {
    expect(refusal(base, [setting])).toBe(refusal(base, [setting]));
    expect(refusal(base, [setting]).startsWith(`--set ${setting}: `)).toBe(true);
    expect(refusal(base, [setting])).toContain(message);
  });

  test('pollutes no prototype, neither by a setting nor by the text', () => {
    refusal(base, ['__proto__.polluted=1']);
    refusal(`${base}__proto__: {polluted: 1}`);
    refusal(`${base}dataset: {__proto__: {polluted: 1}}`);
    refusal(base, ['dataset={__proto__: {polluted: 1}}']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test('a duration in seconds', () => {
  expect([7, '7s', '1.5m', '2 h'].map(seconds)).toEqual([7, 7, 90, 7200]);
});

test('the schema for editors names every key and forbids others', () => {
  const schema = planJsonSchema() as {
    properties: Record<string, unknown>;
    required: string[];
    additionalProperties: boolean;
  };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['name', 'dataset', 'network', 'splits', 'objectives', 'solver', 'seed']),
  );
  expect(schema.required).toEqual(['network']);
  expect(schema.additionalProperties).toBe(false);
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});

describe('alternatives', () => {
  const plan = 'dataset: {perClass: 40}\nnetwork: [{dense: 1}]\nsolver: {workLimit: 5}';

  test('a setting replaces what the plan says in another way', () => {
    const set = parsePlan(plan, 'plan.yaml', ['dataset.indices=rows.json', 'solver.timeLimit=3s']);
    expect(set.dataset).toMatchObject({ indices: 'rows.json' });
    expect(set.dataset.perClass).toBeUndefined();
    expect(set.solver).toMatchObject({ timeLimit: '3s' });
    expect(set.solver.workLimit).toBeUndefined();
  });

  test('a misspelt key is named although it makes another one missing', () => {
    expect(() => parsePlan('netwrk: [{dense: 1}]', 'plan.yaml')).toThrow(/no key 'netwrk'.*network/);
  });
});
