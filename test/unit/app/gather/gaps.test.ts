import { RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { redactedText } from '#test/builders/index.ts';
import { aGatherRig, archiveOf, JOBS } from '../gather-rig.ts';

describe('gathering a run that cannot be read wholly', () => {
  it.each<[string, Partial<CodeHost>, RegExp]>([
    [
      'logs that are gone',
      { downloadLogs: async () => ({ kind: 'unavailable', reason: redactedText('They expired.') }) },
      /They expired/,
    ],
    ['refused jobs', { listJobs: async () => Promise.reject(new Refused('403')) }, /jobs of the run/],
    ['a run that was deleted', { getRun: async () => Promise.reject(new Refused('404')) }, /refused to show the run/],
  ])('goes on without %s and says so', async (_what, codeHost, words) => {
    const { run, evidence, incident } = await aGatherRig({ codeHost });
    expect((await run()).notes.join('\n')).toMatch(words);
    expect(await evidence.getTelemetry(incident.id)).not.toBeNull();
  });

  it.each<[string, Partial<CodeHost>, RegExp]>([
    ['jobs', { listJobs: async () => Promise.reject(new Retryable('502')) }, /jobs of the run .*\(Retryable\)/],
    ['logs', { downloadLogs: async () => Promise.reject(new RateLimited('403')) }, /logs of the run .*\(RateLimited\)/],
    ['runs', { listDefaultBranchRuns: async () => Promise.reject(new RateLimited('429')) }, /default branch/],
    ['commit', { listCommitRuns: async () => Promise.reject(new Retryable('502')) }, /other runs on the commit/],
    ['later runs', { hasNewerRun: async () => Promise.reject(new Retryable('500')) }, /later runs/],
  ])(
    'asks for the step to be repeated when %s cannot be read for now, and notes it only when gaps are accepted',
    async (_what, codeHost, words) => {
      const { run, evidence, incident } = await aGatherRig({ codeHost });
      await expect(run()).rejects.toBeInstanceOf(Retryable);
      expect(await evidence.getEvidence(incident.id)).toBeNull();
      expect((await run(true)).notes.join('\n')).toMatch(words);
      expect(await evidence.getTelemetry(incident.id)).not.toBeNull();
    },
  );

  it('begins no part that could outlast the function, and says so when gaps are accepted', async () => {
    const { run, codeHost, clock } = await aGatherRig({
      codeHost: {
        listJobs: async () => {
          clock.advance(41_000);
          return JOBS;
        },
      },
    });
    await expect(run()).rejects.toMatchObject({ name: 'Retryable' });
    expect((await run(true)).notes).toEqual(['The logs of the run could not be read (Retryable).']);
    expect(codeHost.calls.some(({ method }) => method === 'downloadLogs')).toBe(false);
  });

  it('goes on without a broken archive and says so', async () => {
    const { run } = await aGatherRig({
      archives: archiveOf({}, ['The log archive could not be read: it is truncated or damaged.']),
    });
    expect((await run()).notes).toEqual([
      'The log archive could not be read: it is truncated or damaged.',
      'The logs of 1 of 1 failed jobs were not read.',
    ]);
  });

  it.each([false, true])(
    'stops with Retryable when GitHub cannot say for now how the run stands (gaps accepted: %s)',
    async (acceptGaps) => {
      const { run } = await aGatherRig({ codeHost: { getRun: async () => Promise.reject(new Retryable('503')) } });
      await expect(run(acceptGaps)).rejects.toMatchObject({ name: 'Retryable' });
    },
  );
});
