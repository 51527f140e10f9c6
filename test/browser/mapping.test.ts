import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { exampleProblem, Mapping } from '#shared/domain/webhooks/mapping.ts';
import { LOOKS, takePicture, violationsOf } from './looks.ts';
import { type DashboardStage, LOCAL, openDashboard, WIDTHS } from './stage.ts';

/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');
const BODY = {
  run: { number: 4711, outcome: 'exploded', by: `robot ${SECRET}` },
  target: { component: 'Orders API' },
  headline: 'The <b>nightly</b> import failed',
  links: [{ url: 'https://imports.example.com/runs/4711' }],
};

let dashboard: DashboardStage;
beforeAll(async () => {
  dashboard = await openDashboard();
  const authorization = `Bearer ${await signIn(dashboard.stage, LOCAL.email, LOCAL.password)}`;
  const made = await fetch(`${dashboard.url}/api/connections/webhooks`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'imports', source: 'generic', scheme: 'path' }),
  });
  const { url } = (await made.json()) as { url: string };
  const sent = await fetch(url, { method: 'POST', body: JSON.stringify(BODY) });
  expect([sent.status, await sent.json()]).toEqual([202, { accepted: 0, ledger: 1 }]);
}, 240_000);
afterAll(() => dashboard?.close());

it('a body that no source understood becomes a mapping that is tried as it is written, and goes into the configuration', async () => {
  const { page, problems, context } = await dashboard.open('/events');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText('The body was not one of this source').click();
  await page.getByRole('link', { name: 'Make a mapping of this body' }).click();
  const result = page.locator('#mapping-result');
  const mapping = page.getByLabel('Mapping in YAML');
  const body = page.getByLabel('Body in JSON');
  expect(await body.inputValue()).toContain('"headline"');
  expect(await body.inputValue()).not.toContain(SECRET);

  // The draft knows no field called headline or number: the first thing that it lacks is named.
  await result.getByText('Refused: /id: missing.').waitFor();
  await mapping.fill('id: imports\nfields: [');
  await result.getByText(/It is not YAML: .* line 2/s).waitFor();
  await mapping.fill('id: imports\ntitle: Imports');
  await result.getByText(/at schemes/).waitFor();
  const written = (word: string) => `
id: import-runner
title: Imports
schemes: [path]
requires: [/run/number]
fields:
  id: /run/number
  state: { from: /run/outcome, values: { ${word}: firing, passed: resolved } }
  severity: { constant: high }
  service: /target/component
  title: /headline
  link: /links/0/url
`;
  await mapping.fill(written('failed'));
  await result.getByText('the state is "exploded", which opens and closes nothing').waitFor();
  await mapping.fill(written('exploded'));
  await result.getByText('firing: opens an incident').waitFor();
  const facts = (await result.locator('dl').innerText()).replace(/\s+/g, ' ');
  for (const fact of [
    'Orders API',
    'high',
    'The <b>nightly</b> import failed',
    'https://imports.example.com/runs/4711',
  ])
    expect(facts).toContain(fact);
  expect(await page.locator('main b').count()).toBe(0);

  await result.getByText('Copy into the configuration').click();
  await result.getByText('selfheal connection create import-runner --source import-runner').waitFor();
  await result.getByRole('button', { name: 'Copy the mapping' }).click();
  await result.getByText('Copied').waitFor();
  const entry = Mapping.parse(JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()')));
  expect([entry.id, exampleProblem(entry, 0)]).toEqual(['import-runner', null]);

  for (const [look, { dark, phone }] of LOOKS) {
    const scheme = dark ? 'dark' : 'light';
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize(phone ? WIDTHS.phone : WIDTHS.desktop);
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    await takePicture(page, `mapping-${look}`, { fullPage: !phone });
    expect(await violationsOf(page), look).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'), look).toBeLessThanOrEqual(
      0,
    );
  }

  await page.getByRole('button', { name: 'Start anew from the body' }).click();
  await result.getByText('Refused: /id: missing.').waitFor();
  await body.fill('{"id": "x", "state": "down", "title": "pasted"}');
  await page.getByRole('button', { name: 'Start anew from the body' }).click();
  await result.getByText('firing: opens an incident').waitFor();
  expect(problems.filter((problem) => !/axe/.test(problem))).toEqual([]);
  await context.close();
}, 240_000);
