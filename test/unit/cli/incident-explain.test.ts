import { describe, expect, it } from 'vitest';
import { accountOf } from '#apps/cli/incidents/read-trail.ts';
import { renderAccount } from '#apps/cli/incidents/render-account.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import type { AuditEntry, AuditEvent, AuditFacts } from '#shared/domain/audit/audit-event.ts';
import { describeAccount } from '#shared/domain/audit/incident-account.ts';
import { anIncident, redactedText } from '#test/builders/index.ts';
import { makeMemoryIncidentStore } from '#test/fakes/index.ts';
import { aFile, runCommand } from './run-command.ts';

const AT = '2026-11-21T12:00:00.000Z';
const DIGEST = 'ab12'.repeat(16);
const incident = anIncident({ status: 'resolved', outcomeReason: 'Attempt 2 passed.' });

/** The trail of a re-run that helped, as the steps write it. */
async function aStory(): Promise<TrailEntry[]> {
  const store = makeMemoryIncidentStore();
  const write = <E extends AuditEvent>(event: E, facts: AuditFacts<E>) =>
    store.audit(incident.id, event, { at: AT, event, facts } as AuditEntry);
  await write('incident.opened', { attempt: 1, source: 'github', kind: 'run' });
  await write('plan.made', {
    decision: 'act',
    action: 'rerun-failed-jobs',
    digest: DIGEST,
    round: 0,
    reasons: redactedText('Risk low. The action is 90 % likely to help: allowed without asking.'),
    class: 'network_connectivity',
    verdict: 'infrastructure',
    classConfidence: 0.9,
    mode: 'act',
    candidates: redactedText('rerun-failed-jobs 0.90 low'),
    outcomes: 3,
    diagnosis: 'rules',
    partOfWeek: 'working-hours',
    load: 'unknown',
    recentDeployments: null,
    minutesSinceDeployment: null,
    incidentsInDay: 2,
  });
  await write('guard.granted', {
    action: 'rerun-failed-jobs',
    digest: DIGEST,
    reasons: null,
    killSwitch: false,
    mode: 'act',
    failures: 0,
    approval: null,
    risk: 'low',
  });
  await write('action.intended', { action: 'rerun-failed-jobs', target: 'github:acme/shop/run/1001', digest: DIGEST });
  await write('action.recovered', {
    action: 'rerun-failed-jobs',
    target: 'github:acme/shop/run/1001',
    digest: DIGEST,
    inconclusive: false,
  });
  await write('incident.resolved', { attempt: 1, actions: 1, parent: null });
  return await store.auditTrail(incident.id);
}

const records = (trail: readonly unknown[], first: unknown = incident): string =>
  aFile([first, ...trail].map((one) => JSON.stringify(one)).join('\n'), 'incident.jsonl');
const explain = (file: string, ...more: string[]) => runCommand(['incident', 'explain', file, ...more]);

describe('selfheal incident explain', () => {
  it('[D228][D19] tells in plain words what was done and what was known when it was decided, and that the trail is intact', async () => {
    const trail = await aStory();
    const { code, stdout, stderr } = await explain(records(trail));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.toString()).toMatchInlineSnapshot(`
      "Incident gh-000000000000000000000000: resolved. Attempt 2 passed.
      opened 2026-11-21T12:00:00.000Z

         1  2026-11-21T12:00:00.000Z  It was opened: GitHub reported a failed run.
         2  2026-11-21T12:00:00.000Z  The plan was to do it without asking: rerun-failed-jobs (plan ab12ab12ab12). Risk low. The action is 90 % likely to help: allowed without asking.
                                      Known at that time: network connectivity (90 % certain), verdict infrastructure; mode act; possible actions rerun-failed-jobs 0.90 low; 3 outcomes of this class; diagnosis by rules; working hours, load not known, deployments not known and 2 other incidents within a day.
         3  2026-11-21T12:00:00.000Z  The last check allowed rerun-failed-jobs (plan ab12ab12ab12). Checked: kill switch off, mode act, 0 recent failures, no approval requested.
         4  2026-11-21T12:00:00.000Z  It started rerun-failed-jobs on github:acme/shop/run/1001 (plan ab12ab12ab12).
         5  2026-11-21T12:00:00.000Z  Verified: rerun-failed-jobs on github:acme/shop/run/1001 helped.
         6  2026-11-21T12:00:00.000Z  It ended: resolved, as verified, after one action.

      The audit trail is intact: 6 chained entries, the last one is 76a8323712fc077c2dc9955a982e1a1ee4fa6e6a54ac0ba0850e96e8535d3f97.
      "
    `);
  });

  it('shows how often GitHub was asked and by which function, most first, where that was counted', async () => {
    const counted = { ...incident, githubRequests: { notify: 3, gather: 9, plan: 1 } };
    const { stdout } = await explain(records(await aStory(), counted));
    expect(stdout.toString()).toContain('\n13 requests to GitHub: gather 9, notify 3, plan 1.\n');
    const never = await explain(records(await aStory(), { ...incident, githubRequests: {} }));
    expect(never.stdout.toString()).toContain('\n0 requests to GitHub.\n');
    const json = await explain(records(await aStory(), counted), '--json');
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ githubRequests: { gather: 9, notify: 3, plan: 1 } });
  });

  it('[D228] names the first entry that was changed, one that is missing, and exits with 1', async () => {
    const trail = await aStory();
    const changed = trail.map((entry) =>
      entry.event === 'guard.granted' ? { ...entry, facts: { ...entry.facts, killSwitch: true } } : entry,
    );
    const one = await explain(records(changed), '--json');
    expect(one.code).toBe(1);
    expect(JSON.parse(one.stdout.toString())).toMatchObject({
      incident: incident.id,
      status: 'resolved',
      chain: { kind: 'broken', sequence: 3, reason: 'entry 3 was changed after it was written' },
      story: expect.arrayContaining([expect.objectContaining({ sequence: 3, event: 'guard.granted' })]),
    });
    const gap = await explain(records(trail.toSpliced(1, 2)));
    expect(gap.code).toBe(1);
    expect(gap.stdout.toString()).toContain('WAS ALTERED: entries 2 to 3 are missing');
  });

  it('sees a trail that was cut off at its end against the digest that somebody noted', async () => {
    const trail = await aStory();
    const head = trail.at(-1)?.link.digest ?? '';
    expect((await explain(records(trail), '--head', head)).code).toBe(0);
    expect((await explain(records(trail), '--head', head.slice(0, 12))).code).toBe(0);
    const cut = await explain(records(trail.slice(0, -1)), '--head', head);
    expect(cut.code).toBe(1);
    expect(cut.stdout.toString()).toContain('the last entry is not ');
  });

  it('prints the records again as they were, for keeping', async () => {
    const trail = await aStory();
    const { stdout } = await explain(records(trail), '--records');
    const lines = stdout.toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([incident, ...trail]);
  });

  it('prints nothing that a terminal would interpret, whatever a file says', async () => {
    const [first] = await aStory();
    const evil = { ...first, event: 'x\u001b[2Jy', facts: { by: 'a\u202eb\u001b]0;title\u0007' } };
    const { stdout } = await explain(records([evil]));
    for (const unseen of ['\u001b', '\u0007', '\u202e']) expect(stdout.toString()).not.toContain(unseen);
  });

  it('refuses what is no trail, or several, with the way out', async () => {
    const trail = await aStory();
    const other = anIncident({ id: `gh-${'1'.repeat(24)}` });
    for (const [file, reason] of [
      [aFile('{"a":1}\n'), /line 1: not a valid entry of an audit trail/],
      [records([...trail, other]), /several incidents/],
    ] as const) {
      const { code, stderr } = await explain(file);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(reason) });
    }
    expect((await explain(records(trail), '--head', 'xyz')).stderr).toMatch(/--head xyz: expected at least eight/);
    expect((await runCommand(['incident', 'list'])).stderr).toMatch(/No address: run "selfheal login/);
  });

  it('reads an incident of a deployment the same way, and says when there is none', async () => {
    const store = makeMemoryIncidentStore();
    await store.create(anIncident());
    await store.audit(incident.id, 'opened#1', { at: AT, event: 'approval.reminded', facts: { digest: DIGEST } });
    const account = await accountOf(incident.id, store, async () => []);
    expect(renderAccount(describeAccount(account))).toContain('People were reminded of the request.');
    const newer = account.trail.map((entry) => ({ ...entry, event: 'something.new', facts: { by: 'somebody' } }));
    expect(renderAccount(describeAccount({ ...account, trail: newer }))).toContain('something.new (by somebody).');
    await expect(accountOf('gh-nothing-of-it', store, async () => [])).rejects.toThrow('contains no such incident');
    const short = await accountOf(incident.id.slice(0, 8), store, async () => [incident.id]);
    expect(short.id).toBe(incident.id);
    const several = async () => [incident.id, 'gh-0000000000000000000000ff'];
    await expect(accountOf(incident.id.slice(0, 8), store, several)).rejects.toThrow(
      'several incidents begin like this',
    );
  });
});
