import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { anAssembly } from '#test/e2e/support/assemblies.ts';
import { PATIENCE } from './stage.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What the page looked like, for a person to look at. */
const SHOTS = join(import.meta.dirname, '../../.selfheal/screenshots');

let assembly: Awaited<ReturnType<typeof anAssembly>>;
let stage: Stage;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(BROWSER))
    throw new Error(`There is no browser at ${BROWSER}. Install Chromium or set CHROMIUM to its path.`);
  assembly = await anAssembly({});
  stage = await openStage({ assemblyDir: assembly.assemblyDir });
  browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  assembly?.remove();
});

/** What axe finds on the page as it is. */
const violationsOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });

describe('the guide in a browser', () => {
  it.each(['light', 'dark'] as const)(
    'is readable in %s, on a phone, and finds what is searched, under the policy of the site',
    async (colorScheme) => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 800 } });
      context.setDefaultTimeout(PATIENCE);
      await context.addInitScript(AXE);
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      const answer = await page.goto(`${stage.runtime.endpoint}/guide`);
      expect(page.url()).toBe(`${stage.runtime.endpoint}/guide/`);
      expect(answer?.headers()['content-security-policy']).toContain("script-src 'self'");
      expect(await page.textContent('h1')).toContain('User guide');

      await page.click('nav >> text=Costs');
      await page.waitForURL('**/guide/costs.html');
      expect(await violationsOf(page)).toEqual([]);
      await page.screenshot({ path: join(SHOTS, `guide-${colorScheme}.png`) });

      await page.keyboard.press('/');
      await page.keyboard.type('cdk destroy');
      await page.waitForSelector('#results a');
      expect(await page.textContent('#found')).toMatch(/sections? found/);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/guide/upgrade.html#*');

      await page.setViewportSize({ width: 380, height: 700 });
      for (const path of ['', 'plugins.html', 'decisions/index.html']) {
        await page.goto(`${stage.runtime.endpoint}/guide/${path}`);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
        expect(await violationsOf(page)).toEqual([]);
      }
      await page.screenshot({ path: join(SHOTS, `guide-phone-${colorScheme}.png`) });
      expect(problems).toEqual([]);
      await context.close();
    },
  );
});
