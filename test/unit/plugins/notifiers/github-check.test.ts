import { digestOf } from '@selfheal/kernel/digest.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { checkRunFaults } from '#lab/channels/github.ts';
import { hostileText } from '#lab/channels/made-messages.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { checkTextOf, MAX_PART } from '#shared/plugins/notifiers/github-check/check-text.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { aGithubTarget, anAlarmTarget } from '#test/builders/index.ts';
import { makeGithubConformance } from '#test/contract/github-conformance.ts';
import { dyingAt } from '#test/fakes/index.ts';

const REPOSITORY = 'acme/shop';
const PAGE = 'https://selfheal.example.com/incidents/gh-000000000001';
const sample = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement).find(
  (one): one is Extract<Announcement, { kind: 'progress' }> =>
    one.kind === 'progress' && one.story.incident.target.kind === 'run' && one.story.diagnosis !== null,
);
if (sample === undefined) throw new Error('There is no sample of a run.');
const { story } = sample;
const push = aGithubTarget({ repository: REPOSITORY, pullRequest: null, event: 'push', headSha: 'a'.repeat(40) });

/** A story about a failed run of a branch. */
function about(change: Partial<IncidentStory['incident']> = {}, more: Partial<IncidentStory> = {}): Announcement {
  const incident = { ...story.incident, id: 'gh-000000000001', target: push, ...change } as IncidentStory['incident'];
  return { kind: 'progress', story: { ...story, incident, page: PAGE, ...more } };
}

let world: World;
let conformance: ReturnType<typeof makeGithubConformance>;
beforeEach(async () => {
  world = await startWorld();
  world.github.addRepository(REPOSITORY);
  world.github.setIdentity('app');
  conformance = makeGithubConformance();
  world.onExchange(conformance.onExchange);
});
afterEach(async () => {
  expect(conformance.problems).toEqual([]);
  await world.stop();
});

const options = (bot: string | null = 'selfheal[bot]') => ({
  apiUrl: world.githubApiUrl,
  token: async () => ['token', 'of', 'nobody'].join('-'),
  botLogin: async () => bot,
  clock: systemClock,
});

async function tell(
  announcement: Announcement,
  change: Partial<CodeHost> | null = null,
  runs = 'without-pull-request',
) {
  const plugin = notifiersOf({ notifiers: { 'github-check': { runs } } }).find(({ id }) => id === 'github-check');
  if (plugin === undefined) throw new Error('Check runs are not used with these settings.');
  if (!plugin.takes.includes(announcement.kind) || !plugin.wants(announcement)) return null;
  return await plugin.notify(announcement, { codeHost: change ?? makeGithubCodeHost(options()) } as never);
}

interface SeenCheck {
  readonly name: string;
  readonly output: { readonly title: string; readonly summary: string; readonly annotations_count: number };
  readonly [field: string]: unknown;
}
async function checks(sha: string = push.headSha): Promise<SeenCheck[]> {
  const path = `/repos/${REPOSITORY}/commits/${sha}/check-runs?filter=all`;
  const headers = { authorization: 'Bearer reader', 'user-agent': 'test', accept: 'application/vnd.github+json' };
  const answer = await fetch(`${world.githubApiUrl}${path}`, { headers });
  return ((await answer.json()) as { check_runs: SeenCheck[] }).check_runs;
}

describe('an incident as a check run', () => {
  it('is one neutral check run on the commit, updated as the incident proceeds', async () => {
    const diagnosis = { ...story.diagnosis, rootCause: 'The test in src/cart.ts:12 expects another sum.' };
    const named = { diagnosis: diagnosis as IncidentStory['diagnosis'] };
    const first = await tell(about({ status: 'open' }, { ...named, stage: 'acting' }));
    expect(first?.where).toMatch(/acme\/shop\/runs\/\d+$/);
    const [before] = await checks();
    expect(before?.output.annotations_count).toBe(1);
    for (const status of ['escalated', 'resolved'] as const)
      expect((await tell(about({ status }, { ...named, stage: 'final' })))?.where).toBe(first?.where);
    const [check, ...others] = await checks();
    expect(others).toEqual([]);
    expect(check).toMatchObject({
      status: 'completed',
      conclusion: 'neutral',
      external_id: 'gh-000000000001',
      details_url: PAGE,
      output: { annotations_count: 1 },
    });
    expect(check?.name).toMatch(/^Selfheal: \S/);
    expect(check?.output.summary).not.toBe(before?.output.summary);
    expect(check?.output.summary).toContain(`](${PAGE})`);
  });

  it('has a check run of its own for each failed workflow of the commit', async () => {
    const { title } = story.incident.tainted;
    await tell(about());
    await tell(about({ id: 'gh-000000000002' }));
    await tell(
      about({ id: 'gh-000000000003', tainted: { ...story.incident.tainted, title: `Nightly: ${title}` } } as never),
    );
    await tell(about({ id: 'gh-000000000002' }));
    const found = await checks();
    expect(found.map(({ external_id }) => external_id).toSorted()).toEqual([1, 2, 3].map((n) => `gh-00000000000${n}`));
    expect(new Set(found.map(({ name }) => name)).size).toBe(2);
  });

  it('is never one that another app wrote with our id in it', async () => {
    await tell(about());
    const [own] = await checks();
    world.github.setIdentity('workflow');
    const { name, output } = own as SeenCheck;
    const planted = { name, head_sha: 'b'.repeat(40), conclusion: 'success', external_id: 'gh-000000000001', output };
    const headers = {
      authorization: 'Bearer other',
      'user-agent': 'test',
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ ...planted, output: { title: 'Planted', summary: 'x' } });
    await fetch(`${world.githubApiUrl}/repos/${REPOSITORY}/check-runs`, { method: 'POST', headers, body });
    world.github.setIdentity('app');
    await tell(about({ target: { ...push, headSha: 'b'.repeat(40) } }));
    const found = await checks('b'.repeat(40));
    expect(found.map(({ conclusion }) => conclusion).toSorted()).toEqual(['neutral', 'success']);
  });

  it('is looked for when the answer was lost, and not created again', async () => {
    world.faults.inject('checks/create', { kind: 'reset', when: 'after' });
    expect((await tell(about()))?.where).toMatch(/runs\/\d+$/);
    await tell(about());
    expect(await checks()).toHaveLength(1);
  });

  it('is refused by name for the token of an account, and for an app without the permission', async () => {
    world.github.setIdentity('user');
    const personal = { ...makeGithubCodeHost(options(null)) };
    await expect(tell(about(), personal)).rejects.toThrow(
      /only a GitHub App write check runs \(403\).*turn this channel off/,
    );
    await expect(tell(about(), personal)).rejects.toThrow(Refused);
    world.github.setIdentity('app');
    world.github.setPermissions({ checks: 'read', metadata: 'read' });
    await expect(tell(about())).rejects.toThrow(/may not write check runs here \(403\).*Checks: write/);
    world.github.setPermissions(null);
    expect(await checks()).toEqual([]);
  });

  it('has nothing to say of what is no run on GitHub, and of pull requests only where that is set', async () => {
    const ofPull = { target: { ...push, pullRequest: 7, event: 'pull_request' } };
    for (const target of [anAlarmTarget(), { ...push, host: 'gitlab' }])
      expect(await tell(about({ target } as never))).toBeNull();
    expect(await tell(about(ofPull))).toBeNull();
    expect(await tell(about({ ...ofPull, target: { ...ofPull.target, pullRequest: null } }))).toBeNull();
    expect(await tell(about({ status: 'linked' } as never))).toBeNull();
    expect(await tell(about(ofPull, { quiet: true }), null, 'all')).toBeNull();
    expect(await tell(about(ofPull), null, 'all')).not.toBeNull();
    expect(notifiersOf({ notifiers: {} }).some(({ id }) => id === 'github-check')).toBe(false);
  });
});

it('a step that dies at any await makes one check run', async () => {
  for (const when of ['before', 'after'] as const)
    for (let n = 1; ; n += 1) {
      const target = { ...push, headSha: digestOf(`${when} ${n}`, 40) };
      const { wrap, died } = dyingAt(n, when);
      const outcome = await Promise.race([tell(about({ target }), wrap(makeGithubCodeHost(options()))), died]);
      await tell(about({ target }));
      expect(await checks(target.headSha)).toHaveLength(1);
      if (outcome !== 'died') {
        expect(n).toBeGreaterThan(2);
        break;
      }
    }
});

describe('what outsiders word', () => {
  /** A story in which the text stands everywhere. */
  function saying(text: string, times = 1): IncidentStory {
    const long = Array.from({ length: times }, () => text).join('. ');
    const { diagnosis, evidence, incident } = story;
    return {
      ...story,
      page: PAGE,
      cameBack: text,
      incident: { ...incident, outcomeReason: text, tainted: { ...incident.tainted, title: `${text}: ${text}` } },
      diagnosis: { ...diagnosis, summary: text, rootCause: long, fix: long, prevention: long },
      evidence: {
        ...evidence,
        sources: (evidence?.sources ?? []).map((source) => ({
          ...source,
          name: text.replaceAll('\n', ' '),
          lines: source.lines.map((line) => ({ ...line, text: long.replaceAll('\n', ' ') })),
        })),
      },
    } as unknown as IncidentStory;
  }

  it('mentions, links and formats nothing in name, title, summary, text or annotation (300 hostile texts)', () => {
    const texts = fc.sample(hostileText, { numRuns: 300, seed: 20_261_127 });
    const faults = texts.flatMap((text) => checkRunFaults({ kind: 'progress', story: saying(text) }));
    expect(faults).toEqual([]);
  });

  it('is not overlooked by the check itself', () => {
    const { summary } = checkTextOf(story, push);
    expect(summary).not.toContain('<img');
    const raw = { ...story, links: [{ name: 'x', url: 'https://evil.example/' }] };
    expect(checkRunFaults({ kind: 'progress', story: raw })).toEqual([]);
    const live = { ...story, links: [], page: 'https://evil.example/' };
    expect(checkRunFaults({ kind: 'progress', story: live })).not.toEqual([]);
  });

  it.each([100, 3000, 20_000])(
    'stays within the limits with %i sentences, and keeps the cause and the link',
    (times) => {
      const check = checkTextOf(saying('The <b>cart</b> & the $sum | differ', times), push);
      expect(check.summary.length).toBeLessThanOrEqual(MAX_PART);
      expect(check.text.length).toBeLessThanOrEqual(MAX_PART);
      expect(check.summary).toContain('Root Cause Analysis');
      expect(check.summary).toContain('differ');
      expect(check.summary).toContain(`](${PAGE})`);
      const fences = check.text.match(/^`{3,}/gm) ?? [];
      expect(fences.length % 2).toBe(0);
    },
  );
});
