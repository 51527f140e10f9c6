import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { call } from '#lab/drills/records.ts';
import { type DashboardStage, LOCAL, openDashboard, settled, WIDTHS } from './stage.ts';

/** Gzipped bytes that the first page may transfer. */
const MAX_INITIAL_BYTES = 300_000;

let dashboard: DashboardStage;

beforeAll(async () => {
  dashboard = await openDashboard();
  const { samples } = dashboard.stage.world;
  await samples.failRun('transient', { title: '<img src=x onerror=alert(1)>', branch: 'x"><script>alert(2)</script>' })
    .delivered;
  await samples.failRun('regression', { rerunMs: 500 }).delivered;
  samples.fireAlarm('ledger');
  await settled(dashboard, 3);
});

afterAll(() => dashboard?.close());

describe('the dashboard', () => {
  it('[D7] [D117] [E7] is what the address of the machine shows, signed in without a password, with what is open and healed', async () => {
    const { page, problems, context } = await dashboard.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('ledger-latency').waitFor();
    const tiles = () => page.locator('.tiles').innerText();
    await expect.poll(tiles).toMatch(/Healed today\s+1\b/);
    await expect.poll(tiles).toMatch(/2 went to a person/);
    await page.locator('.recharts-bar-rectangle').first().waitFor();
    expect(await page.title()).toBe('Overview · Selfheal');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('transfers at most 300 KB before it can be used', async () => {
    const { page, context } = await dashboard.open('/nothing');
    const files = new Set<string>();
    page.on('request', (request) => {
      if (!/\/(?:local-)?api\//.test(request.url())) files.add(request.url());
    });
    await page.goto(`${dashboard.url}/`);
    await page.locator('.recharts-bar-rectangle').first().waitFor();
    const sizes = [...files].map(async (url) => {
      const body = Buffer.from(await (await fetch(url, { headers: { accept: 'text/html,*/*' } })).arrayBuffer());
      return url.endsWith('.woff2') ? body.length : gzipSync(body).length;
    });
    const bytes = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
    console.log(`${files.size} files, ${bytes} bytes`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MAX_INITIAL_BYTES);
    await context.close();
  });

  it('lists incidents by the filter in the address, which a reload keeps', async () => {
    const { page, context } = await dashboard.open('/incidents');
    await page.getByRole('link', { name: /ledger-latency/ }).waitFor();
    await page.getByRole('button', { name: 'Healed' }).click();
    await expect.poll(() => page.locator('.rows a').count()).toBe(1);
    await expect.poll(() => page.url()).toContain('show=healed');
    await page.reload();
    await page.getByRole('link', { name: /acme\/shop/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Healed' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'In progress' }).click();
    await page.getByText('No incident matches').waitFor();
    await context.close();
  });

  it('is led by the keyboard: j, k, Enter, u, /, g i and ?', async () => {
    const { page, context } = await dashboard.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { name: 'Incidents', exact: true }).waitFor();
    await page.locator('.rows a').nth(2).waitFor();
    const focused = () =>
      page.evaluate<number>('[...document.querySelectorAll(".rows a")].indexOf(document.activeElement)');
    const pressed: number[] = [];
    for (const key of ['j', 'j', 'j', 'j', 'k']) {
      await page.keyboard.press(key);
      pressed.push(await focused());
    }
    expect(pressed).toEqual([0, 1, 2, 2, 1]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Diagnosis' }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Incidents', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ledger j');
    expect(await page.getByRole('searchbox').inputValue()).toBe('ledger j');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').innerText()).toContain('Next in the list');
    await context.close();
  });

  it('[E8] tells an incident as a story: where the workflow is, the cited lines in the log, receipts, the unchanged trail', async () => {
    const { page, problems, context } = await dashboard.open('/incidents?show=healed');
    await page.locator('.rows a').first().click();
    await page.getByText('Whole workflow').click();
    await page.locator('.workflow li[data-state="done"]', { hasText: 'Record' }).waitFor();
    const states = await page.getByRole('list', { name: 'Workflow' }).getByRole('listitem').allInnerTexts();
    expect(states.map((text) => text.replaceAll('\n', ' ').replace(' :', ':'))).toEqual([
      expect.stringMatching(/^Read logs: done \d+ lines of 1 log$/),
      expect.stringMatching(/^Classify: done /),
      expect.stringMatching(/^Diagnose: done by /),
      'Plan: done act without asking',
      'Hold: not needed',
      'Ask: not needed',
      'Guard: done',
      'Act: done',
      'Verify: done it helped',
      'Undo: not needed',
      'Hand over: not needed',
      'Record: done resolved',
    ]);
    expect(await page.locator('svg.wide .edge[data-state="taken"]').count()).toBe(7);
    expect(await page.locator('svg.narrow').isVisible()).toBe(false);
    await page.setViewportSize(WIDTHS.phone);
    await page.locator('svg.narrow').waitFor();
    await page.setViewportSize(WIDTHS.desktop);
    await page.locator('.log-line[data-cited]').first().waitFor();
    expect(await page.locator('.log-line mark').first().innerText()).toContain('ECONNRESET');
    const shown = await page.locator('.log-line').count();
    const kept = await page.evaluate<number>(
      'Number(/(\\d+) lines of/.exec(document.querySelector(".log-head").innerText)[1])',
    );
    expect(shown).toBeLessThan(kept);
    expect(await page.locator('.receipt').first().innerText()).toMatch(/attempt\s+2/);
    expect(await page.getByText(/^Unchanged, \d+ entries$/).count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('[E8] draws the way of a failure that a person has to mend: the branch to a person lit, nothing done, no motion for who wants none', async () => {
    const { page, problems, context } = await dashboard.open('/incidents?show=human');
    const path = await page.getByRole('link', { name: /acme\/shop/ }).getAttribute('href');
    const state = (name: string) => page.locator('.workflow li', { hasText: name });
    await page.goto(`${dashboard.url}${path}`);
    await page.getByText('Whole workflow').click();
    await state('Record').and(page.locator('[data-state="done"]')).waitFor();
    expect(await state('Act').getAttribute('data-state')).toBe('skipped');
    const second = await context.newPage();
    // As if it were under way.
    await second.route('**/api/incidents/*/story', async (route) => {
      const story = await (await route.fetch()).json();
      for (const one of story.workflow.states) if (one.id === 'Record') one.state = 'current';
      await route.fulfill({ json: story });
    });
    await second.goto(`${dashboard.url}${path}`);
    await second.getByText('Whole workflow').click();
    await second.locator('.workflow li[aria-current="step"]').waitFor();
    for (const [reducedMotion, animation] of [
      ['reduce', 'none'],
      ['no-preference', 'state-pulse'],
    ] as const) {
      await second.emulateMedia({ reducedMotion });
      const shown = await second.evaluate<string>(
        'getComputedStyle(document.querySelector(".workflow li[aria-current=step]")).animationName',
      );
      expect(shown).toBe(animation);
    }
    expect(problems).toEqual([]);
    await second.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });

  it('goes to the next cited line', async () => {
    const { page, context } = await dashboard.open('/incidents?show=human');
    await page.getByRole('link', { name: /acme\/shop/ }).click();
    await page.getByText(/^cited 1 of \d+$/).waitFor();
    await page.getByRole('button', { name: 'Next cited line' }).click();
    await page.getByText(/^cited 2 of \d+$/).waitFor();
    expect(await page.locator('.log-line[data-cited]').count()).toBeGreaterThan(0);
    await context.close();
  });

  it('shows a log of 200,000 lines with the cited ones lit up, and only those in view in the page', async () => {
    const { page, problems, context } = await dashboard.open('/incidents?show=healed');
    await page.route('**/api/incidents/*/story', async (route) => {
      const answer = await route.fetch();
      const story = await answer.json();
      const lines = Array.from({ length: 200_000 }, (_, at) => ({
        number: at + 1,
        text: `line ${at + 1} of a long build`,
        cited: at === 150_000,
      }));
      await route.fulfill({ json: { ...story, logs: [{ name: 'long', url: null, totalLines: 200_000, lines }] } });
    });
    await page.locator('.rows a').first().click();
    const cited = page.locator('.log-line[data-cited]');
    await cited.getByText('line 150001 of a long build').waitFor();
    expect(await page.locator('.log-line').count()).toBeLessThan(100);
    const shown = await page.evaluate<number>(`new Promise((resolve) => {
      const box = document.querySelector('.log-lines');
      box.scrollTop = box.scrollHeight;
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelectorAll('.log-line').length)));
    })`);
    expect(shown).toBeLessThan(100);
    await page.getByText('line 200000 of a long build').waitFor();
    expect(problems).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });

  it('keeps of 10,000 incidents only those near the window in the page, and goes through them by keys', async () => {
    const { page, problems, context } = await dashboard.open('/incidents');
    await page.route('**/api/incidents?*', async (route) => {
      const answer = await route.fetch();
      const page = await answer.json();
      const [one] = page.incidents;
      const incidents = Array.from({ length: 10_000 }, (_, at) => ({
        ...one,
        id: `gh-${at}`,
        diagnosis: null,
        title: `Incident ${at + 1}`,
      }));
      await route.fulfill({ json: { ...page, incidents, next: null } });
    });
    await page.reload();
    await page.locator('li[aria-setsize="10000"]').first().waitFor();
    expect(await page.locator('.rows a').count()).toBeLessThan(120);
    for (let pressed = 0; pressed < 60; pressed += 1) await page.keyboard.press('j');
    await expect.poll(() => page.evaluate<string>('document.activeElement.innerText')).toContain('Incident 60\n');
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await page.getByText('Incident 10000', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });

  it('shows markup from titles, branches and logs as text', async () => {
    const { page, problems, context } = await dashboard.open('/incidents?show=healed');
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.route('**/api/incidents/*/story', async (route) => {
      const answer = await route.fetch();
      const story = await answer.json();
      story.logs = [
        {
          name: '<img src=x onerror=alert(3)>',
          url: null,
          totalLines: 1,
          lines: [{ number: 1, text: '<script>alert(4)</script><img src=x onerror=alert(5)>', cited: true }],
        },
      ];
      await route.fulfill({ response: answer, json: story });
    });
    await page.locator('.rows a').first().click();
    await page.getByText('<script>alert(4)</script>').waitFor();
    expect(await page.locator('main script, main img[src="x"]').count()).toBe(0);
    expect([dialogs, problems]).toEqual([[], []]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });

  it('says so while the API is silent, keeps what it showed, and goes on by itself', async () => {
    const { page, context } = await dashboard.open('/incidents');
    await page.getByRole('link', { name: /ledger-latency/ }).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('The API does not answer.').waitFor();
    expect(await page.getByRole('link', { name: /ledger-latency/ }).count()).toBe(1);
    await page.unroute('**/api/**');
    await page.getByText('The API does not answer.').waitFor({ state: 'detached' });
    await context.close();
  });

  it('says which record of an older version it cannot read, and lists the others', async () => {
    const { runtime, adminKey } = dashboard.stage;
    const access = { endpoint: runtime.endpoint, adminKey };
    const table = outputOf(runtime, 'IncidentsTableName');
    const { page, context } = await dashboard.open('/incidents?show=all');
    const known = await page.locator('.rows a').first().getAttribute('href');
    const id = known?.split('/').at(-1) ?? '';
    const key = (of: string) => ({ pk: { S: `INC#${of}` }, sk: { S: 'META' } });
    const { Item } = (await call(access, 'GetItem', { TableName: table, Key: key(id) })) as {
      Item: Record<string, object>;
    };
    const old = `gh-${'0'.repeat(24)}`;
    const listKey = { S: (Item.listKey as { S: string }).S.replace(id, old) };
    const stored = { ...Item, ...key(old), id: { S: old }, listKey, listId: { S: old }, version: { N: '0' } };
    await call(access, 'PutItem', { TableName: table, Item: stored });
    try {
      await page.getByText(`1 more could not be read: ${old}`).waitFor();
      expect(await page.locator('.rows a').count()).toBeGreaterThan(0);
      await page.goto(`${dashboard.url}/incidents/${old}`);
      await page
        .getByRole('alert')
        .getByText(/version/)
        .waitFor();
    } finally {
      await call(access, 'DeleteItem', { TableName: table, Key: key(old) });
    }
    await context.close();
  });

  it('asks with If-None-Match, and not while nobody looks', async () => {
    const { page, context } = await dashboard.open('/incidents');
    await page.getByRole('link', { name: /ledger-latency/ }).waitFor();
    const again = await page.waitForRequest(
      (request) => request.url().includes('/api/incidents') && request.headers()['if-none-match'] !== undefined,
    );
    expect((await again.response())?.status()).toBe(304);
    await page.evaluate(
      'Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))',
    );
    await page.waitForLoadState('networkidle');
    let asked = 0;
    page.on('request', () => {
      asked += 1;
    });
    // Longer than a poll.
    await page.waitForTimeout(3_000);
    expect(asked).toBe(0);
    await context.close();
  });

  it('tells ages by the clock of the server', async () => {
    const { page, context } = await dashboard.open('/local');
    await page.clock.setSystemTime(Date.now() + 5 * 3_600_000);
    await page.goto(`${dashboard.url}/incidents`);
    await page.locator('.row-time time').first().waitFor();
    expect(await page.locator('.row-time').first().innerText()).not.toMatch(/\d h ago/);
    await context.close();
  });

  it('says what an address that leads nowhere leads to', async () => {
    const { page, context } = await dashboard.open('/nothing/here');
    await page.getByText('There is no such page').waitFor();
    await page.goto(`${dashboard.url}/incidents/gh-00000000`);
    await page.getByText(/^There is no incident gh-00000000\. The newest are: \d+ \(/).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await page.getByRole('link', { name: 'All incidents' }).click();
    await page.waitForURL(`${dashboard.url}/incidents`);
    await page.goto(`${dashboard.url}/knowledge/without-its-scope`);
    await page.getByText('The address is incomplete or wrong.').waitFor();
    await page.getByRole('link', { name: 'All patterns' }).waitFor();
    await context.close();
  });

  it('breaks something on request, and shows the mail that comes of it', async () => {
    const { page, context } = await dashboard.open('/local');
    const before = await page.locator('.mails li').count();
    await page.getByRole('button', { name: 'Break: An alarm that nothing explains' }).click();
    await page.getByText('it is on its way').waitFor();
    await expect.poll(() => page.locator('.mails li').count()).toBeGreaterThan(before);
    await page.locator('.mails button').first().click();
    expect(await page.locator('.mails pre').innerText()).toContain('ledger-latency');
    await settled(dashboard, 4);
    await context.close();
  });
});

describe('signing out and in', () => {
  it('ends the session of every tab, and begins it again where the reader was', async () => {
    const { page, context } = await dashboard.open('/incidents?order=oldest');
    await page
      .getByRole('link', { name: /ledger-latency/ })
      .first()
      .waitFor();
    const second = await context.newPage();
    await second.goto(`${dashboard.url}/approvals`);
    await second.getByText('Nothing waits for you').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    for (const each of [page, second]) await each.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail address or user name').fill(LOCAL.name);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('User name or password is wrong.').waitFor();
    await page.getByLabel('Password').fill(LOCAL.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('link', { name: /ledger-latency/ })
      .first()
      .waitFor();
    await expect.poll(() => page.url()).toContain('order=oldest');
    await context.close();
  });
});
