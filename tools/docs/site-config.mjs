import { posix } from 'node:path';
import { defineConfig } from 'vitepress';
import { sidebar } from './sidebar.mjs';

/** A link that begins with / becomes one that also works in a folder without a server. */
const relative = (html, page) => {
  const up = '../'.repeat(page.split('/').length - 1) || './';
  return html
    .replace(/((?:href|src)=")\/(?!\/)([^"]*)"/g, (_, attribute, path) => `${attribute}${up}${path || 'index.html'}"`)
    .replace(/<a ([^>]*)href="(\.\.?\/)+"/g, `<a $1href="${up}index.html"`);
};

/** Code that is indented by four blanks looks like code between fences. */
function withIndentedCode(md) {
  const isShell = /^\s*(\.\/mipnet|mipnet |node |npm |npx |pip |python |docker |kubectl |helm |cc |export |git )/;
  md.core.ruler.push('indented-code', ({ tokens }) => {
    for (const token of tokens.filter(({ type }) => type === 'code_block')) {
      const isYaml = /^[a-z]\w*:( |$)/m.test(token.content);
      token.type = 'fence';
      token.info = isShell.test(token.content) ? 'sh' : isYaml ? 'yaml' : 'text';
      token.markup = '```';
    }
  });
}

export default defineConfig({
  title: 'mipnet',
  description: 'Train and certify neural networks by mixed-integer programming',
  lang: 'en',
  outDir: '../site',
  cleanUrls: false,
  lastUpdated: false,
  // The reference of the packages comes after the pages; tools/docs/dead-links.mjs checks links to it.
  ignoreDeadLinks: [/^\/api\//, /^\/source\//, /^\/schemas\//],
  markdown: { config: withIndentedCode, theme: { light: 'github-light-high-contrast', dark: 'github-dark' } },
  transformHtml: (html, file, { siteConfig }) => relative(html, posix.relative(siteConfig.outDir, file)),
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/' },
      { text: 'Tutorials', link: '/tutorial-first-network' },
      { text: 'Reference', link: '/reference/commands' },
    ],
    sidebar,
    socialLinks: [],
    externalLinkIcon: true,
    docFooter: { prev: 'Previous page', next: 'Next page' },
  },
});
