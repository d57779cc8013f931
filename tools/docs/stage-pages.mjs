import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Folder of the repository. */
export const root = join(import.meta.dirname, '..', '..');
const repository = 'https://github.com/mipnet/mipnet/blob/main/';

/** Pages outside docs/, and where the site has them. */
const others = {
  'PERFORMANCE.md': 'performance.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'tools/README.md': 'tools.md',
};
/** Links to these lead to other pages of the site. */
const aliases = { 'README.md': 'index.md', plans: 'reference/presets.md', docs: 'index.md' };

/**
 * The Markdown files that become pages: path in the repository -> path in the site.
 * @returns {Record<string, string>}
 */
export function pages() {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = docs.map((name) => [`docs/${name}`, name === 'README.md' ? 'index.md' : name]);
  return { ...Object.fromEntries(paths), ...others };
}

/**
 * Writes the pages and their pictures to a folder that VitePress reads. Links to other files of the repository lead to
 * copies of them, so that they work without a network.
 * @param {string} folder
 */
export function stagePages(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'docs', 'pictures'), join(folder, 'pictures'), { recursive: true });
  for (const [path, page] of Object.entries(pages())) {
    const { text, files } = siteTextOf(path, readFileSync(join(root, path), 'utf8'));
    writeFileSync(join(folder, page), text);
    for (const [file, copy] of files) {
      mkdirSync(dirname(join(folder, 'public', copy)), { recursive: true });
      cpSync(join(root, file), join(folder, 'public', copy));
    }
  }
}

/**
 * The text of a page with links as the site has them.
 * @param {string} path of the page in the repository
 * @param {string} text
 * @returns {{ text: string, files: [file: string, copy: string][] }} `files`: those that the page links to
 */
export function siteTextOf(path, text) {
  /** @type {[string, string][]} */
  const files = [];
  const linked = text.replace(/(\]\()([^)\s]+)(\))/g, (whole, open, link, close) => {
    if (/^([a-z]+:|#)/.test(link)) return whole;
    const [to, anchor] = link.split('#');
    const target = posix.normalize(posix.join(posix.dirname(path), to)).replace(/\/$/, '');
    const place = `${open}${siteLinkOf(path, target, files)}${anchor === undefined ? '' : `#${anchor}`}${close}`;
    return place;
  });
  return { text: linked, files };
}

/** @param {string} path @param {string} target in the repository @param {[string, string][]} files */
function siteLinkOf(path, target, files) {
  const full = join(root, target);
  if (!existsSync(full)) throw new Error(`${path}: a link leads to ${target}, which does not exist`);
  const known = pages();
  if (target.startsWith('docs/pictures/')) return `./${target.slice('docs/'.length)}`;
  if (target in aliases) return `/${aliases[target]}`;
  if (target in known) return `/${known[target]}`;
  if (statSync(full).isDirectory() || target.endsWith('.md')) return `${repository}${target}`;
  // As text, because browsers show that instead of saving it.
  const copy = `source/${target}.txt`;
  files.push([target, copy]);
  return `/${copy}`;
}
