import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cell } from './table.mjs';
import { root } from './stage-pages.mjs';

/** Pages about the commands, from the definitions that parse them. @returns {Promise<Record<string, string>>} */
export async function commandPages() {
  process.env.MIPNET_COMMAND = './mipnet';
  // A program has no name to be imported by.
  const place = join(root, 'apps', 'cli', 'dist', 'program', 'mipnet-program.js');
  const { mipnetProgram } = await import(place);
  const program = mipnetProgram(() => undefined);
  const commands = [...program.commands].sort((a, b) => a.name().localeCompare(b.name()));
  const list = commands.map(
    (command) => `| [\`${command.name()}\`](#${command.name()}) | ${cell(command.description())} |`,
  );
  const page = `# Commands

Generated from the definitions of the commands: \`./mipnet COMMAND --help\` prints the same.

| command | what it does |
| --- | --- |
${list.join('\n')}

Progress goes to stderr, results to stdout. Exit codes: 0 done; 1 failed; 2 bad input; 3 usable but incomplete.

${commands.map(sectionOf).join('\n')}
## mipnet-vnnlib

The command line that the VNN-LIB 2.0 standard describes for solvers.

${['verify', 'supports'].map(vnnlibHelp).join('\n')}`;
  return { 'reference/commands.md': page };
}

/** @typedef {import('../../apps/cli/dist/program/mipnet-program.js').mipnetProgram} MipnetProgram */
/** @typedef {ReturnType<MipnetProgram>} Command commander's */

/** @param {Command} command */
function sectionOf(command) {
  const help = command.createHelp();
  const usage = help.commandUsage(command).replace(/^mipnet/, './mipnet');
  const args = command.registeredArguments.map(
    (argument) => `| \`${argument.name()}\` | ${cell(help.argumentDescription(argument))} |`,
  );
  const options = help
    .visibleOptions(command)
    .map((option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(help.optionDescription(option))} |`);
  return `## ${command.name()}

${sentence(command.description())}

\`\`\`sh
${usage}
\`\`\`
${args.length > 0 ? `\n| argument | meaning |\n| --- | --- |\n${args.join('\n')}\n` : ''}
| option | meaning |
| --- | --- |
${options.join('\n')}
${textAfter(command)}`;
}

/** What the command's help says after its options: examples and notes. @param {Command} command */
function textAfter(command) {
  let all = '';
  command.configureOutput({ writeOut: (text) => (all += text) });
  command.outputHelp();
  const text = all.replace(command.helpInformation(), '').trim();
  return text === '' ? '' : `\n\`\`\`text\n${text}\n\`\`\`\n`;
}

/** @param {string} name */
function vnnlibHelp(name) {
  const program = join(root, 'apps', 'cli', 'dist', 'vnnlib-main.js');
  const help = execFileSync(process.execPath, [program, name, '--help'], { encoding: 'utf8' });
  return `\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`;
}

/** @param {string} text */
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
