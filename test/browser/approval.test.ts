import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { anAssembly } from '#test/e2e/support/assemblies.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** What the page looked like, for a person to look at. */
const SHOTS = join(import.meta.dirname, '../../.selfheal/screenshots');
const APPROVER = { name: 'approver', email: 'approver@example.com', password: `Correct-${'horse'}-7` };

let assembly: Awaited<ReturnType<typeof anAssembly>>;
let stage: Stage;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(BROWSER))
    throw new Error(`There is no browser at ${BROWSER}. Install Chromium or set CHROMIUM to its path.`);
  mkdirSync(SHOTS, { recursive: true });
  assembly = await anAssembly({ configuration: { policy: { actAtConfidence: 1 } } });
  stage = await openStage({ assemblyDir: assembly.assemblyDir });
  await stage.runtime.createUser(APPROVER.name, APPROVER.email, APPROVER.password);
  browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  assembly?.remove();
});

/** The link in the newest request for an approval, once it came. */
async function linkInMail(requests: number): Promise<string> {
  const links = () =>
    stage.runtime.mailbox.list().flatMap(({ text }) => /http\S+\/approvals\/\S+/.exec(text)?.[0] ?? []);
  await expect.poll(() => links().length, { timeout: 30_000 }).toBe(requests);
  return links()[0] as string;
}

async function signIn(page: Page, password = APPROVER.password): Promise<void> {
  await page.fill('#user', APPROVER.name);
  await page.fill('#password', password);
  await page.click('#sign-in button');
}

describe('the approval page', () => {
  it('shows nothing before signing in, then the plan in plain words, and approves it once', async () => {
    const { runId } = stage.world.samples.failRun('transient');
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(await linkInMail(1));
    expect(await page.textContent('body')).not.toContain('acme/shop');

    await signIn(page, 'wrong');
    await expect.poll(() => page.textContent('#status')).toContain('Incorrect');
    await signIn(page);
    await page.waitForSelector('#plan:not([hidden])');
    const plan = (await page.textContent('#plan')) ?? '';
    for (const fact of [
      `Re-runs the failed jobs of run ${runId} of acme/shop`,
      'ECONNRESET',
      'An attempt cannot be undone',
      'It has not been tried here on this kind of failure.',
      'It expires in',
      'Risk',
    ])
      expect(plan).toContain(fact);
    expect(await page.textContent('#command-approve')).toMatch(/^\/selfheal approve [0-9a-f]{12}$/);
    const links = await page.locator('#links a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual([
      `${stage.world.url}/acme/shop/actions/runs/${runId}`,
      expect.stringMatching(new RegExp(`^${stage.world.url}/acme/shop/pull/\\d+$`)),
    ]);
    const colours = await Promise.all(
      ['#approve', '#reject'].map((id) =>
        page.evaluate<string>(`getComputedStyle(document.querySelector('${id}')).backgroundColor`),
      ),
    );
    expect(colours[0]).not.toBe(colours[1]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.screenshot({ path: join(SHOTS, 'approval.png'), fullPage: true });
    await page.setViewportSize({ width: 375, height: 800 });
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(375);
    await page.screenshot({ path: join(SHOTS, 'approval-phone.png'), fullPage: true });

    await page.click('#approve');
    await expect.poll(() => page.textContent('#status')).toContain('Approved');
    await expect
      .poll(() => stage.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`), { timeout: 15_000 })
      .toBe(1);
    expect(problems).toEqual([]);
    await page.close();
  }, 90_000);

  it('changes nothing when the plan is rejected', async () => {
    const { runId } = stage.world.samples.failRun('transient');
    const page = await browser.newPage();
    await page.goto(await linkInMail(2));
    await signIn(page);
    await page.click('#reject');
    await expect.poll(() => page.textContent('#status')).toContain('Rejected');
    await expect
      .poll(() => stage.runtime.executions().filter(({ status }) => status === 'RUNNING').length, { timeout: 30_000 })
      .toBe(0);
    expect(stage.world.journal.count('github.run.rerun', `acme/shop/runs/${runId}`)).toBe(0);
    await page.close();
  }, 90_000);
});

describe('the mailbox page', () => {
  it('shows every mail, newest first, with its text as text', async () => {
    const page = await browser.newPage();
    await page.goto(`${stage.runtime.endpoint}/mail`);
    expect(await page.textContent('body')).toContain('Approval needed');
    await page.screenshot({ path: join(SHOTS, 'mail.png'), fullPage: true });
    await page.close();
  });
});
