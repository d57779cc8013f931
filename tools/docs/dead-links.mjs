import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Links between the pages of a site that lead to no file, or to no heading of it.
 * @param {string} site folder of HTML files
 * @param {readonly string[]} left paths that are not checked
 * @returns {string[]} a line per link
 */
export function deadLinksOfSite(site, left = []) {
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html') && !path.startsWith('api/'));
  const ids = new Map();
  const idsOf = (page) => {
    if (!ids.has(page)) ids.set(page, new Set(idsIn(readFileSync(join(site, page), 'utf8'))));
    return ids.get(page);
  };
  const found = pages.flatMap((page) =>
    linksIn(readFileSync(join(site, page), 'utf8')).flatMap((link) => {
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path.replace(/^\//, '')));
      if (left.some((prefix) => target.startsWith(prefix))) return [];
      if (!existsSync(join(site, target))) return [`${page}: ${link} leads to no file`];
      const isLost = anchor && target.endsWith('.html') && !idsOf(target).has(decodeURIComponent(anchor));
      return isLost ? [`${page}: ${link} leads to no heading`] : [];
    }),
  );
  return [...new Set(found)];
}

/** Links to other places of the site. @param {string} html @returns {string[]} */
export function linksIn(html) {
  const links = [...html.matchAll(/<(?:a|img|link)\b[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
  return [...new Set(links)].filter((link) => link !== '' && !/^([a-z]+:|\/\/)/.test(link));
}

/** @param {string} html @returns {string[]} */
function idsIn(html) {
  return [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id.replaceAll('&amp;', '&'));
}
