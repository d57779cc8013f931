import type { ServerPlace } from '../records/run-request.js';

/**
 * The page of the Temporal UI that lists the runs of a plan, without the parts of their trees.
 * @param plan its name, which is the search attribute MipnetPlan
 * @returns null for a server without a known UI
 */
export function runListPage(
  { uiUrl, namespace }: Pick<ServerPlace, 'uiUrl' | 'namespace'>,
  plan: string,
): string | null {
  if (!uiUrl) return null;
  // As text of Temporal's query language: a backslash or a quote in it is escaped by a backslash.
  const text = plan.replaceAll(/[\\"]/g, String.raw`\$&`);
  const query = `\`MipnetPlan\`="${text}" AND \`ParentWorkflowId\` is null`;
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(query)}`;
}
