import { expect, test } from 'vitest';
import { runListPage } from './run-list-page.js';

test('the page lists the runs of one plan, whatever its name', () => {
  const page = runListPage({ uiUrl: 'http://127.0.0.1:8233', namespace: 'a b' }, 'my "best" plan')!;
  expect(page).toMatch(/^http:\/\/127\.0\.0\.1:8233\/namespaces\/a%20b\/workflows\?query=[^ "]*$/);
  expect(new URL(page).searchParams.get('query')).toBe(
    String.raw`\`MipnetPlan\`="my \"best\" plan" AND \`ParentWorkflowId\` is null`.replaceAll('\\`', '`'),
  );
  expect(runListPage({ uiUrl: null, namespace: 'default' }, 'plan')).toBeNull();
});
