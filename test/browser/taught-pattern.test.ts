import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardStage, LOCAL, openDashboard, settled } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'acme/taught';
const TAUGHT = {
  title: 'Lines have no price',
  pattern: "Property 'price' does not exist",
  solution: 'Read cents, and multiply by the quantity.',
};
const WORDS = `${TAUGHT.title}. ${TAUGHT.solution} (taught by ${LOCAL.email} on `;
/** Without what markdown, mails and terminals put between words. */
const plain = (text: string): string => text.replaceAll('\u200b', '').replaceAll('\\', '').replaceAll(/\s+/g, ' ');

let dashboard: DashboardStage;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'selfheal-taught-'));
  dashboard = await openDashboard();
  const { samples } = dashboard.stage.world;
  const login = ['login', '--url', dashboard.url, '--user', LOCAL.email];
  expect(await typed(login, `${LOCAL.password}\n`)).toContain('signed in');
  const { title, pattern, solution } = TAUGHT;
  const words = ['--title', title, '--pattern', pattern, '--solution', solution, '--category', 'compilation_error'];
  // A repository is a place once something failed in it.
  await samples.failRun('compile', { repository: REPOSITORY }).delivered;
  await settled(dashboard, 1);
  for (const place of [['--scope', REPOSITORY], []])
    expect(await typed(['add-knowledge', ...words, ...place])).toContain('added: ');
  // The same failure on a pull request, which gets the comment, and on the default branch, of which people get the mail.
  await samples.failRun('compile', { repository: REPOSITORY }).delivered;
  await samples.failRun('compile', { repository: REPOSITORY, pullRequest: null }).delivered;
  await settled(dashboard, 3);
});
afterAll(async () => {
  await dashboard?.close();
  rmSync(home, { recursive: true, force: true });
});

/** What the command line prints, signed in. The system is in this process, so nothing may wait. */
async function typed(args: readonly string[], input = ''): Promise<string> {
  const env = { ...process.env, XDG_CONFIG_HOME: home, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['apps/cli/selfheal.mjs', ...args], { cwd: ROOT, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece));
  child.stdin.end(input);
  await once(child, 'close');
  return text;
}

describe('a failure that somebody taught, without a model', () => {
  it('[D4] is named with its solution in the comment of the pull request', () => {
    const { github } = dashboard.stage.world;
    expect(plain(github.comments(REPOSITORY, 2)[0]?.body ?? '')).toContain(WORDS);
    expect(plain(github.comments(REPOSITORY, 1)[0]?.body ?? '')).not.toContain(TAUGHT.title);
  });

  it('[D4] is named in the mail', () => {
    const mails = dashboard.stage.runtime.mailbox.list().map(({ text }) => plain(text));
    expect(mails.some((text) => text.includes(WORDS))).toBe(true);
  });

  it('[D4] is named by incident show, as text and as JSON', async () => {
    const shown = await typed(['incident', 'show', '2']);
    expect(plain(shown)).toContain(`Known here ${WORDS}`);
    const json = JSON.parse(await typed(['incident', 'show', '2', '--json']));
    expect(json.knownHere).toMatchObject([{ source: 'taught', title: TAUGHT.title, solution: TAUGHT.solution }]);
  });

  it('[D4] is named on the page of the incident', async () => {
    const { id } = JSON.parse(await typed(['incident', 'show', '2', '--json']));
    const { page, problems, context } = await dashboard.open(`/incidents/${id}`);
    await page.getByRole('heading', { name: 'Known here' }).waitFor();
    expect(plain(await page.locator('main').innerText())).toContain(WORDS);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('[D133] is named by a simulated incident with the same words', async () => {
    const description = `error TS2339: ${TAUGHT.pattern} on type 'Line'.`;
    const shown = await typed(['simulate-incident', '--title', 'The build is broken', '--description', description]);
    expect(plain(shown)).toContain(`Known here ${WORDS}`);
  });
});
