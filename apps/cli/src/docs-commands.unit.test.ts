import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commandsOf, docPages } from './e2e/testing/doc-commands.js';
import { parseCommand, wordsOfLine } from './e2e/testing/parse-command.js';
import { readPlan, withSolver, withSource, type SourceChoice } from './plan/read-plan.js';

// Every command of README and docs is read by the parser of the command line, and every preset with its settings by the
// parser of plans. docs.e2e.test.ts runs them: one of each kind, or with MIPNET_NIGHTLY=1 all.

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** These are for the launcher. */
const isOfLauncher = (text: string): boolean => /^\.\/mipnet (test|build|--help)\b/.test(text);
const commands = docPages()
  .flatMap((page) => commandsOf(page, /^\.\/mipnet /))
  .filter(({ text }) => !isOfLauncher(text));

type TypedChoice = SourceChoice & { readonly plan?: string; readonly solver?: string };

/** A preset, or a plan of this repository, with settings; other plans and data are the reader's. */
const namesOwnFiles = ({ plan, set }: TypedChoice): boolean =>
  (plan !== undefined && !plan.startsWith('plans/')) || set.some((setting) => /dataset\.(file|indices)/.test(setting));

describe('reads', () => {
  test.each(commands.map(({ place, text }) => [`${place} ${text}`, text]))('%s', async (_, text) => {
    const { name, args, options } = await parseCommand(wordsOfLine(text));
    if (name !== 'train' && name !== 'plan' && name !== 'sweep') return;
    const choice = { ...options, plan: args[0] } as TypedChoice;
    if (namesOwnFiles(choice) || choice.plan?.startsWith('plans/study')) return;
    const plan = choice.plan === undefined ? undefined : `${root}${choice.plan}`;
    await expect(readPlan(withSolver(withSource({ ...choice, plan })))).resolves.toBeDefined();
  });
});

test('refuses what the parsers do not know', async () => {
  expect(commands.length).toBeGreaterThan(60);
  await expect(parseCommand(['train', '--presets', 'few-shot'])).rejects.toThrow(/unknown option '--presets'/);
  await expect(parseCommand(['trein'])).rejects.toThrow(/unknown command/);
  await expect(parseCommand(['verify', 'net.onnx', '--slots', 'many'])).rejects.toThrow(/slots/);
  const { options } = await parseCommand(wordsOfLine("./mipnet train --set 'network=[{dense: 8}]' --set seed=1"));
  expect(options.set).toEqual(['network=[{dense: 8}]', 'seed=1']);
});
