import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Links of a page to files of the repository that do not exist, or to headings that the file does not have: what a Git
 * host would show as dead.
 * @param {string} root folder of the repository
 * @param {string} path of the page in it
 * @param {string} text of the page
 * @returns {string[]} a line per link
 */
export function deadLinksOfPage(root, path, text = readFileSync(join(root, path), 'utf8')) {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
  return links.flatMap((link) => {
    const [to, anchor] = link.split('#');
    const target = to === '' ? path : posix.normalize(posix.join(posix.dirname(path), to));
    if (!existsSync(join(root, target))) return [`${path}: ${link} leads to no file`];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    const slugs = slugsIn(readFileSync(join(root, target), 'utf8'));
    return slugs.includes(anchor) ? [] : [`${path}: ${link} leads to no heading`];
  });
}

/** Anchors of the headings of a page, as Git hosts make them. @param {string} text @returns {string[]} */
export function slugsIn(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
