import { pages } from './stage-pages.mjs';

/** Pages that the site generates, and the reference of the packages. */
const generated = /^\/(reference|api)\//;
const known = new Set(Object.values(pages()).map((page) => `/${page.replace(/(index)?\.md$/, '')}`));

/** @param {string} text @param {[string, string][]} links those to pages that do not exist are left out */
const section = (text, links) => ({
  text,
  items: links
    .filter(([, link]) => generated.test(link) || known.has(link))
    .map(([name, link]) => ({ text: name, link, ...(link.startsWith('/api/') ? { target: '_self' } : {}) })),
});

export const sidebar = [
  section('Start', [
    ['What mipnet is', '/'],
    ['When to use it, and when not', '/when-to-use'],
    ['Concepts in five minutes', '/concepts'],
  ]),
  section('Tutorials', [
    ['Your first network', '/tutorial-first-network'],
    ['Your own table', '/tutorial-table'],
    ['Your own images', '/tutorial-images'],
    ['Certify your own network', '/tutorial-certify'],
    ['Proven optimal', '/tutorial-optimal'],
    ['A cluster in an afternoon', '/first-cluster'],
    ['Read a report', '/read-a-report'],
    ['Read the Temporal UI', '/temporal-ui'],
  ]),
  section('How to', [
    ['Train a network', '/train'],
    ['Bring your own data', '/data'],
    ['Verify a network', '/verify'],
    ['Apply a network', '/applying'],
    ['Read models of other programs', '/onnx-models'],
    ['Check certificates', '/certificates'],
    ['Use it from Python', '/python'],
    ['Use it from Node.js', '/node'],
    ['Watch and steer runs', '/runs'],
    ['Compare settings: sweeps', '/sweep'],
    ['Use other solvers', '/solvers'],
    ['Servers, workers and stores', '/stack'],
    ['Run on a cluster', '/cluster'],
    ['Scale', '/scale'],
    ['Questions and trouble', '/faq'],
  ]),
  section('Reference', [
    ['Commands', '/reference/commands'],
    ['Keys of a plan', '/reference/plan'],
    ['Presets', '/reference/presets'],
    ['JSON of each command', '/reference/json'],
    ['The network file', '/network-file'],
    ['ONNX operators', '/operators'],
    ['Words', '/terms'],
    ['Packages (API)', '/api/index.html'],
  ]),
  section('Methods and figures', [
    ['Methods and papers', '/methods'],
    ['How a plan is chosen', '/choosing'],
    ['Performance', '/performance'],
    ['The studies', '/study'],
    ['Settings of few-shot', '/tuning'],
    ['Settings of few-shot-conv and mnist', '/tuning-conv'],
    ['Settings on tables', '/tuning-tables'],
  ]),
  section('Development', [
    ['Contributing', '/contributing'],
    ['Design', '/design'],
    ['Checklists', '/checklists'],
    ['Tools', '/tools'],
    ['Security', '/security'],
    ['Changes', '/changelog'],
  ]),
];
