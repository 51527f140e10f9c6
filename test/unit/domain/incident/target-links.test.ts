import { durationWords, relativeWords } from '@selfheal/kernel/time-words.ts';
import { describe, expect, it } from 'vitest';
import { githubPagesOf, targetLinks } from '#shared/domain/incident/target-links.ts';
import { aGithubTarget, anAlarmTarget } from '#test/builders/index.ts';

describe('links to what an incident is about', () => {
  it.each([
    ['https://api.github.com', 'https://github.com'],
    ['https://git.example.com/api/v3', 'https://git.example.com'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ])('of the API %s lead to pages of %s', (api, pages) => expect(githubPagesOf(api)).toBe(pages));

  it('name the run and the pull request', () => {
    const target = aGithubTarget({ repository: 'acme/shop', runId: 7, pullRequest: 12 });
    expect(targetLinks(target, 'https://github.com')).toEqual([
      { name: 'run 7', url: 'https://github.com/acme/shop/actions/runs/7' },
      { name: 'pull request #12', url: 'https://github.com/acme/shop/pull/12' },
    ]);
  });

  it.each([
    ['aws', 'https://eu-west-1.console.aws.amazon.com/'],
    ['aws-cn', 'https://console.amazonaws.cn/'],
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com/'],
  ])('lead to the console of the partition %s, and no name steers them', (partition, start) => {
    const name = 'a b/../\u001b[31m\ud800?x=1#y';
    const target = anAlarmTarget({ alarmArn: `arn:${partition}:cloudwatch:eu-west-1:123456789012:alarm:${name}` });
    const [link] = targetLinks(target, 'https://github.com');
    expect(link?.url.startsWith(start)).toBe(true);
    expect(new URL(link?.url ?? '').hash).toMatch(/^#alarmsV2:alarm\/[\w.%-]+$/);
    expect(link?.name).not.toMatch(/\p{Cc}/u);
  });
});

describe('times for people', () => {
  it.each([
    [20_000, 'less than a minute'],
    [60_000, '1 minute'],
    [4 * 3_600_000, '4 hours'],
    [80 * 60_000, '1 hour 20 minutes'],
    [-3 * 86_400_000, '3 days'],
  ])('%i ms is %s', (length, words) => expect(durationWords(length)).toBe(words));

  it('are relative, with the clock and its zone behind them', () => {
    const at = new Date('2026-11-23T03:50:00Z');
    expect(relativeWords(at, new Date('2026-11-22T23:50:00Z'), 'Europe/Berlin')).toBe(
      'in 4 hours (23 Nov 2026, 04:50 CET)',
    );
    expect(relativeWords(at, new Date('2026-11-23T04:02:00Z'), 'UTC')).toBe('12 minutes ago (23 Nov 2026, 03:50 UTC)');
  });
});
