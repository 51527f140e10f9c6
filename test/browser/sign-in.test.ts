import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardStage, LOCAL, openDashboard, settled } from './stage.ts';

const TEMPORARY = `Temporary-${'horse'}-7`;

let dashboard: DashboardStage;

beforeAll(async () => {
  dashboard = await openDashboard({ configuration: { policy: { actAtConfidence: 1 } }, user: false });
});

afterAll(() => dashboard?.close());

/** A run that waits for an approval, and the path in the mail that asks for it. */
async function askedRun(): Promise<{ readonly runId: number; readonly path: string }> {
  const { runtime, world } = dashboard.stage;
  const links = () => runtime.mailbox.list().flatMap(({ text }) => /http\S+\/approvals\/\S+/.exec(text)?.[0] ?? []);
  const before = links().length;
  const { runId } = world.samples.failRun('transient');
  await expect.poll(() => links().length).toBe(before + 1);
  return { runId, path: (links()[0] ?? '').replace(dashboard.url, '') };
}

describe('a deployment, where nobody is signed in by himself', () => {
  it('[D257] shows nothing before a password, then the plan of the mail in plain words, and approves it once', async () => {
    const { runId, path } = await askedRun();
    const { page, problems, context } = await dashboard.open(path);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.textContent('body')).not.toContain('acme/shop');
    await page.getByLabel('E-mail address or user name').fill(LOCAL.email);
    await page.getByLabel('Password').fill(LOCAL.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('May Selfheal do this?').waitFor();
    const plan = await page.locator('main').innerText();
    for (const fact of [
      `Re-runs the failed jobs of run ${runId} of acme/shop`,
      'ECONNRESET',
      'An attempt cannot be undone',
      'It has not been tried here on this kind of failure.',
      'expires in',
      'low risk',
    ])
      expect(plan).toContain(fact);
    await page.getByText('Or decide by a comment').click();
    expect(await page.locator('.decision pre').innerText()).toMatch(/^\/selfheal approve [0-9a-f]{12}$/m);
    const links = await page.locator('.links a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual([
      `${dashboard.stage.world.url}/acme/shop/actions/runs/${runId}`,
      expect.stringMatching(new RegExp(`^${dashboard.stage.world.url}/acme/shop/pull/\\d+$`)),
    ]);
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill('The registry answers again');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved. Selfheal executes the plan.').waitFor();
    await expect.poll(() => dashboard.stage.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`)).toBe(1);
    await page.reload();
    await page.getByText('Approved. Selfheal executes the plan.').waitFor();
    await page.getByText(`${LOCAL.email} decided: The registry answers again.`).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('lists what waits, and changes nothing when a plan is rejected', async () => {
    const { runId } = await askedRun();
    const { page, context } = await dashboard.open('/approvals');
    await page.getByLabel('E-mail address or user name').fill(LOCAL.email);
    await page.getByLabel('Password').fill(LOCAL.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('link', { name: /Re-run the failed jobs/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('We are looking at it');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected. Selfheal changes nothing.').waitFor();
    await settled(dashboard, 2);
    expect(dashboard.stage.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`)).toBe(0);
    await context.close();
  });

  it('has a temporary password changed, and says what the new one lacks', async () => {
    await dashboard.stage.runtime.createUser('new', 'new@example.com', TEMPORARY, ['viewer'], { temporary: true });
    const { page, context } = await dashboard.open('/incidents');
    await page.getByLabel('E-mail address or user name').fill('new@example.com');
    await page.getByLabel('Password').fill(TEMPORARY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('New password').fill(`Chosen-${'battery'}-9`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Sign in' }).count()).toBe(0);
    await context.close();
  });

  it('tells somebody without a role that his account has none', async () => {
    await dashboard.stage.runtime.createUser('none', 'none@example.com', LOCAL.password, []);
    const { page, context } = await dashboard.open('/incidents');
    await page.getByLabel('E-mail address or user name').fill('none@example.com');
    await page.getByLabel('Password').fill(LOCAL.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This needs the permission "read". You have no role.').waitFor();
    expect(await page.textContent('body')).not.toContain('acme/shop');
    await context.close();
  });
});
