import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { type RemindDeps, remindApprovals } from '#shared/app/approve/remind-approvals.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const MINUTE = 60_000;
const approver = { token_use: 'id', 'cognito:username': 'approver-1', 'custom:github': 'octo-lead' };

/** A request of two hours that nobody answered yet. */
async function waiting(approvals: Parameters<typeof aConfiguration>[0] = {}) {
  const { approvals: configured } = aConfiguration(approvals);
  const rig = await aRemedyRig({
    confidence: 0.7,
    configure: (one: Configuration) => ({ ...one, approvals: configured }),
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps = { ...rig.deps, log } satisfies RemindDeps & Record<string, unknown>;
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 7200 }, deps);
  const subjects = () => deps.mailer.mails.map(({ subject }) => subject);
  return { ...rig, deps, place, subjects };
}

describe('a request that nobody answers', () => {
  it('is reminded of at half of its time, once, however often it is looked at', async () => {
    const { deps, clock, subjects, events } = await waiting();
    clock.advance(59 * MINUTE);
    expect(await remindApprovals(deps)).toBe(0);
    clock.advance(MINUTE);
    expect(await Promise.all([remindApprovals(deps), remindApprovals(deps)])).toEqual(expect.arrayContaining([1, 0]));
    for (let round = 0; round < 5; round += 1) {
      clock.advance(10 * MINUTE);
      expect(await remindApprovals(deps)).toBe(0);
    }
    expect(subjects()).toEqual([
      expect.stringMatching(/^\[Selfheal\] Approval needed: Re-run the failed jobs/),
      expect.stringMatching(/^\[Selfheal\] Approval still needed: Re-run the failed jobs/),
    ]);
    expect(deps.mailer.mails[1]?.message).toMatch(
      /Half of the time to decide is over[\s\S]*Re-runs the failed jobs[\s\S]*\/approvals\//,
    );
    expect((await events()).filter((event) => event === 'approval.reminded')).toHaveLength(1);
  });

  it('is brought to the next level at the expiry of the one before, under that level’s subject', async () => {
    const levels = [
      { minutes: 30, groups: ['on-call'] },
      { minutes: 90, groups: ['leads'], subject: 'Leads: decide' },
    ];
    const { deps, clock, subjects } = await waiting({ approvals: { levels } });
    clock.advance(30 * MINUTE);
    expect(await remindApprovals(deps)).toBe(1);
    expect(subjects().at(-1)).toMatch(/^\[Selfheal\] Leads: decide: Re-run the failed jobs/);
    expect(deps.mailer.mails.at(-1)?.message).toContain('Selfheal now asks the group leads.');
    clock.advance(30 * MINUTE);
    expect(await remindApprovals(deps)).toBe(1);
    expect(subjects().at(-1)).toContain('still needed');
  });

  it.each(['answered', 'expired'])('is left alone once it is %s, also when the clock steps a day', async (how) => {
    const { deps, clock, place, subjects } = await waiting();
    if (how === 'answered') await decideApproval(place, 'rejected', approver, deps);
    clock.advance(24 * 60 * MINUTE);
    expect(await remindApprovals(deps)).toBe(0);
    expect(await deps.approvals.pending(10)).toEqual([]);
    clock.advance(-24 * 60 * MINUTE + 61 * MINUTE);
    expect(await remindApprovals(deps)).toBe(0);
    expect(subjects()).toHaveLength(1);
  });

  it('is told again later when a mail could not be sent, and does not keep others from theirs', async () => {
    const { deps, clock, subjects } = await waiting();
    clock.advance(60 * MINUTE);
    const publish = async () => {
      throw new OutcomeUnknown('reset');
    };
    expect(await remindApprovals({ ...deps, mailer: { publish } })).toBe(0);
    expect(await remindApprovals(deps)).toBe(0);
    clock.advance(5 * MINUTE);
    expect(await remindApprovals(deps)).toBe(1);
    expect(subjects()).toHaveLength(2);
  });
});
