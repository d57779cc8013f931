import type { Solved } from '@mipnet/recursion';
import type { Environment } from '@mipnet/report';
import type { RunEnvironment, ServerPlace } from '../records/run-request.js';
import { runListPage } from '../server/run-list-page.js';

/**
 * What a page says of versions and machine; a run that another machine started has no record of them.
 * @param plan name of the plan
 */
export const pageEnvironment = (
  known: RunEnvironment | undefined,
  server: ServerPlace | null,
  { solvers }: Pick<Solved, 'solvers'>,
  plan: string,
): Environment => ({
  mipnet: known?.mipnet ?? null,
  node: known?.node ?? null,
  solver: solvers?.join(', ') ?? null,
  engine: server === null ? 'local: the process of the command' : `temporal, namespace ${server.namespace}`,
  temporal: known?.temporal ?? null,
  machine: known?.machine ?? null,
  slots: known?.slots ?? null,
  // A server of the command's own has ended with it.
  runsPage: server === null || server.kind === 'own' ? null : runListPage(server, plan),
});
