import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A command of the documentation. */
export interface DocCommand {
  /** Such as `docs/train.md:17`. */
  readonly place: string;
  /** One line, as a reader pastes it: continued lines are joined, and the comment is removed. */
  readonly text: string;
}

/** The pages that a user reads. */
export const docPages = (): readonly string[] => [
  'README.md',
  ...readdirSync(new URL('docs', new URL(`file://${root}`)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'tools/README.md',
  'PERFORMANCE.md',
];

/** Every `./mipnet ...` and `node tools/...` in a code block of a page, or every line that begins with `pattern`. */
export function commandsOf(page: string, pattern = /^(\.\/mipnet|node tools\/)/): readonly DocCommand[] {
  const commands: DocCommand[] = [];
  let fenced = false;
  let open: { line: number; text: string } | undefined;
  readFileSync(new URL(page, new URL(`file://${root}`)), 'utf8')
    .split('\n')
    .forEach((raw, index) => {
      if (/^\s*```/.test(raw)) fenced = !fenced;
      const inCode = fenced || /^ {4}/.test(raw);
      const line = inCode ? raw.trim() : '';
      if (open) open.text += ` ${line}`;
      else if (pattern.test(line)) open = { line: index + 1, text: line };
      if (!open) return;
      if (open.text.endsWith('\\')) {
        open.text = open.text.slice(0, -1).trimEnd();
        return;
      }
      commands.push({ place: `${page}:${open.line}`, text: open.text.replace(/\s+#\s.*$/, '') });
      open = undefined;
    });
  return commands;
}
