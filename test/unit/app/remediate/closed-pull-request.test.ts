import { Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makePlan } from '#shared/app/plan/plan.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { githubComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { aProposalStory } from '#test/builders/index.ts';
import { fakeCodeHost, makeMemoryComments, makeMemoryMailer } from '#test/fakes/index.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const CLOSED = ['closed', 'merged'] as const;

describe('a pull request that was closed or merged meanwhile', () => {
  it.each(CLOSED)('gets no plan once it is %s', async (state) => {
    const rig = await aRemedyRig();
    rig.ports.codeHost.program({ pullRequestState: async () => state });
    const plan = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    expect(plan).toMatchObject({ decision: 'suggest', digest: null });
    expect(plan.reasons).toEqual([`Pull request #12 was ${state} meanwhile: it is left alone.`]);
  });

  it.each(CLOSED)('is not re-run although its plan waited: it is %s when the guard reads it again', async (state) => {
    const rig = await aRemedyRig();
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    const input = { incidentId: rig.incident.id, digest: digest ?? '' };
    rig.ports.codeHost.program({ pullRequestState: async () => state });
    expect(await guard(input, rig.deps)).toMatchObject({
      next: 'suggest',
      lease: null,
      reasons: [`Pull request #12 was ${state} meanwhile: it is left alone.`],
    });
    expect(rig.state.effects).toEqual([]);
  });

  it('is left alone, too, where the token may not read its state', async () => {
    const rig = await aRemedyRig();
    const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
    rig.ports.codeHost.program({ pullRequestState: async () => Promise.reject(new Refused('403')) });
    const verdict = await guard({ incidentId: rig.incident.id, digest: digest ?? '' }, rig.deps);
    expect(verdict).toMatchObject({ next: 'suggest', lease: null });
    expect(verdict.reasons[0]).toContain('the permission Pull requests: read');
  });

  it.each([
    ['open', 1],
    ['closed', 0],
    ['merged', 0],
  ] as const)('gets no comment: %s', async (state, comments) => {
    const memory = makeMemoryComments();
    const codeHost = fakeCodeHost({ ...memory, pullRequestState: async () => state });
    const story = aProposalStory();
    await githubComment.notify(
      { kind: 'progress', story },
      { codeHost, mailer: makeMemoryMailer(), poster: {} as never, smtp: {} as never, texter: {} as never },
    );
    expect(memory.comments).toHaveLength(comments);
  });
});
