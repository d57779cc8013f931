/**
 * `npm run docs:site`: the documentation as a folder of web pages, dist/site. Sources are the Markdown files of the
 * repository; the reference pages are generated from the code, so they are never out of date. A link that leads nowhere
 * fails the build.
 *
 *     node tools/docs/build-site.mjs            # everything
 *     node tools/docs/build-site.mjs --no-api   # without the reference of the packages, which typedoc writes
 *
 * The pages open from a folder, without a server and without a network. Only the search needs a server, because
 * browsers load no modules from files: `npx vitepress preview dist/site-source`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vitepress';
import { readArguments } from '../arguments.mjs';
import { commandPages } from './command-reference.mjs';
import { deadLinksOfSite } from './dead-links.mjs';
import { jsonPage, jsonSchemas, schemaFile } from './json-reference.mjs';
import { planPage } from './plan-reference.mjs';
import { presetPage } from './preset-reference.mjs';
import { root, stagePages } from './stage-pages.mjs';

const source = join(root, 'dist', 'site-source');
const site = join(root, 'dist', 'site');
const { values } = readArguments(import.meta.url, { options: { 'no-api': { type: 'boolean', default: false } } });
const hasApi = !values['no-api'];

rmSync(source, { recursive: true, force: true });
rmSync(site, { recursive: true, force: true });
stagePages(source);
const schemas = jsonSchemas();
const generated = {
  ...(await commandPages()),
  'reference/plan.md': await planPage(),
  'reference/presets.md': presetPage(),
  'reference/json.md': jsonPage(schemas),
  'public/schemas/plan.schema.json': readFileSync(join(root, 'plans', 'plan.schema.json'), 'utf8'),
  ...Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `public/${schemaFile(name)}`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ),
};
for (const [path, text] of Object.entries(generated)) {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), text);
}
mkdirSync(join(source, '.vitepress'), { recursive: true });
writeFileSync(
  join(source, '.vitepress', 'config.mjs'),
  `export { default } from ${JSON.stringify(join(import.meta.dirname, 'site-config.mjs'))};\n`,
);

await build(source);
if (hasApi)
  execFileSync(join(root, 'node_modules', '.bin', 'typedoc'), ['--out', join(site, 'api'), '--logLevel', 'Warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });

const dead = deadLinksOfSite(site, hasApi ? [] : ['api/']);
for (const line of dead) console.error(line);
if (dead.length > 0) {
  console.error(`${dead.length} links of the pages lead nowhere`);
  process.exit(1);
}
console.log(`the pages are in ${site}: open ${join(site, 'index.html')}`);
