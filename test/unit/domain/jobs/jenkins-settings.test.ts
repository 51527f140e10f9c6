import { describe, expect, it } from 'vitest';
import { Jobs, jenkinsSourceOf } from '#shared/domain/jobs/job-settings.ts';

const entry = { endpoint: 'ci', service: 'shop' };

describe('the jobs of a Jenkins', () => {
  it('are listed by full name or by its beginning, and the first entry that lists one holds', () => {
    const jobs = Jobs.parse({
      jenkins: [
        { ...entry, jobs: ['deploy', 'team/shop/feature%2F*'], rebuild: true },
        { ...entry, jobs: ['team/*'] },
        { ...entry, endpoint: 'ci-eu' },
      ],
    });
    const rebuilds = (job: string, endpoint = 'ci') => jenkinsSourceOf(jobs, job, endpoint)?.rebuild ?? null;
    expect(['deploy', 'deploy-eu', 'team/shop/feature%2Fcart', 'team/shop/main'].map((job) => rebuilds(job))).toEqual([
      true,
      null,
      true,
      false,
    ]);
    expect([rebuilds('anything', 'ci-eu'), rebuilds('anything', 'ci-us')]).toEqual([false, null]);
  });

  it.each(['', '/team', 'team/', 'team//shop', 'team/../other', './x', 'a*b', 'x'.repeat(301), 'team/a\nb'])(
    'are not listed as %j',
    (pattern) => {
      expect(Jobs.safeParse({ jenkins: [{ ...entry, jobs: [pattern] }] }).success).toBe(false);
    },
  );
});
