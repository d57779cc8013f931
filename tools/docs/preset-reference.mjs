import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stage-pages.mjs';

/** A page with every preset as it is in plans/. */
export function presetPage() {
  const names = readdirSync(join(root, 'plans'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length));
  const sections = names.map(
    (name) => `## ${name}\n\n\`\`\`yaml\n${readFileSync(join(root, 'plans', `${name}.yaml`), 'utf8').trim()}\n\`\`\`\n`,
  );
  return `# Presets

The plans in the folder \`plans/\`. \`./mipnet train --preset NAME\` trains one; \`--set KEY=VALUE\` changes a key of it. The
first lines of each say what it is for. [The keys of a plan](./plan.md) are explained on a page of their own.

${sections.join('\n')}`;
}
