// Tested by ../../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { noVerdicts } from '@mipnet/recursion';
import { mipnetCommand } from '@mipnet/text';
import { markdownTable } from '../markdown-table.js';
import { isIncomplete } from '../incomplete.js';
import type { RunKind } from '../kind.js';
import { askAgain, type VerifyAsked } from './verify-asked.js';

/** The same verify command finds the verdicts that this run keeps. */
const sameCommand = 'run the same verify command again: it takes the proven verdicts and works on the rest';

/** Verdicts on questions about a network. */
export const verification: RunKind<VerifyAsked> = {
  name: 'verify',
  title: 'verification',
  async schemas() {
    const { verifyAsked, verifiedReport } = await import('./verify-schema.js');
    return { asked: verifyAsked, askedHere: verifyAsked, report: verifiedReport };
  },
  stopping: 'stopping: the verdicts so far are kept (Ctrl-C again leaves at once)',
  withoutRequest: {
    refusal: `is a verification and has no network of its own; ${sameCommand}`,
    ended: `has ended; ${sameCommand}`,
  },
  withoutFile: 'which has no network to write',
  planOf: ({ node }) => node.name,
  async detailsOf({ asked: { network, facts } }) {
    return { details: markdownTable([['network', network], ...facts]) };
  },
  keptByStop(_, request) {
    const again = request && askAgain(request.asked);
    return (
      'stops and keeps the verdicts so ' +
      `far: ${again === undefined ? 'the same verify command' : `"${again}"`} takes them and works on the rest`
    );
  },
  seeResult: (run) => `"${mipnetCommand('watch', run)}" prints its verdicts`,
  doneText({ verdicts, questions }) {
    const known = verdicts ?? noVerdicts;
    const counts = (['robust', 'adversarial', 'misclassified', 'unresolved'] as const).filter(
      (verdict) => known[verdict] > 0,
    );
    const named = counts.map((verdict) => `${known[verdict]} ${verdict}`).join(', ');
    return `${named || 'no verdict'}${questions === null ? '' : ` of ${questions}`}`;
  },
  figuresOf: () => ({ test: null, file: null }),
  async collect(ended, store) {
    const { endOfVerification, failedQuestions, textOf, verdictsOf } = await import('./verdicts.js');
    const verdicts = await verdictsOf(store, ended.solved);
    const document = endOfVerification(ended, verdicts);
    const warnings = failedQuestions(verdicts.answers);
    return {
      document,
      text: textOf(document),
      warnings,
      incomplete: warnings.length > 0 || isIncomplete(ended.solved),
    };
  },
  async page(ended, store, context) {
    // Loaded on demand: the page's charts load slowly, and most commands show none.
    const { verificationPage } = await import('./verification-page.js');
    return verificationPage(store, ended, context);
  },
};
