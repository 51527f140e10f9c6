import { describe, expect, it } from 'vitest';
import { setupProblems } from '#shared/domain/configuration/webhook-setup.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';

const RIGHT = { active: true, events: ['workflow_run', 'issue_comment'], contentType: 'json', hasSecret: true };

describe('the settings of a webhook', () => {
  it('are right with both events, JSON and a secret, also when all events are sent', () => {
    expect(setupProblems(RIGHT)).toEqual([]);
    expect(setupProblems({ ...RIGHT, events: ['*'], hasSecret: null })).toEqual([]);
  });

  it.each([
    [{ events: ['workflow_run'] }, 'The event issue_comment is missing: commands in comments are not seen.'],
    [{ events: ['push', 'issue_comment'] }, 'The event workflow_run is missing: failed runs are not seen.'],
    [{ active: false }, 'switched off'],
    [{ contentType: 'form' }, 'not application/json'],
    [{ hasSecret: false }, 'no secret'],
  ])('%j is named with the way to mend it', (change, words) => {
    expect(setupProblems({ ...RIGHT, ...change })).toEqual([expect.stringContaining(words)]);
  });
});

describe('the first delivery of a webhook', () => {
  const ping = (hook: object | undefined) =>
    translateWebhook(github, {
      headers: { 'x-github-event': 'ping', 'x-github-delivery': 'delivery-1' },
      body: { zen: 'Small steps.', ...(hook === undefined ? {} : { hook }) },
      receivedAt: new Date(0),
    });
  const hook = (events: string[]) => ({ active: true, events, config: { content_type: 'json', secret: '********' } });

  it('is answered with what is missing', () => {
    expect(ping(hook(['workflow_run']))).toEqual({
      kind: 'ignored',
      reason: 'event-ping-incomplete',
      problems: [expect.stringContaining('issue_comment is missing')],
    });
  });

  it('is quiet when nothing is missing, or when it tells no settings', () => {
    expect(ping(hook(['workflow_run', 'issue_comment']))).toEqual({ kind: 'ignored', reason: 'event-ping' });
    expect(ping(undefined)).toEqual({ kind: 'ignored', reason: 'event-ping' });
  });
});
