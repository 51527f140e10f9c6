import { describe, expect, it } from 'vitest';
import { sentLink } from '#shared/domain/incident/sent-link.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { changeOf } from '#shared/plugins/sources/common/change-of.ts';

const TOKEN = ['f3a9c1', 'b7d2e8'.repeat(5), '99ab'].join('');
const PASSWORD = ['hunter2', 'Zq9vX', 'Lw3'].join('');
const SIGNATURE = ['fe5f80f77d5fa3beca038a248ff027d0', '445342fe2855ddc963176630326f1024'].join('');

/** What a sender gives, and what may be shown of it. */
const LINKS: readonly (readonly [string, string | null])[] = [
  [
    'https://grafana.example.com/d/Xy1Z2abcD?orgId=1&var-host=a',
    'https://grafana.example.com/d/Xy1Z2abcD?orgId=1&var-host=a',
  ],
  [`https://grafana.example.com/d/abc?orgId=1&auth_token=${TOKEN}`, 'https://grafana.example.com/d/abc?orgId=1'],
  [`https://ci.example.com/job/1?password=${PASSWORD}&b=2`, 'https://ci.example.com/job/1?b=2'],
  [`https://app.example.com/a#access_token=${TOKEN}`, 'https://app.example.com/a'],
  [
    `https://s3.example.com/k?X-Amz-Date=20260101T000000Z&X-Amz-Signature=${SIGNATURE}`,
    'https://s3.example.com/k?X-Amz-Date=20260101T000000Z',
  ],
  [`https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/${'abcdefghij'}${'klmnopqrstuvwx'}`, null],
  [`https://admin:${PASSWORD}@ci.example.com/job/1`, null],
  ['https://admin@ci.example.com/job/1', null],
  ['javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['no address', null],
  [`https://example.com/${'x'.repeat(1000)}`, null],
];

describe('the link of a sender', () => {
  it.each(LINKS)('%s is shown as %s', (given, shown) => {
    expect(sentLink(given)).toBe(shown);
  });

  it('is kept without its secret in the target of an alert and in the record of a change', () => {
    const at = new Date('2026-11-01T12:00:00Z');
    for (const [given] of LINKS) {
      const alert = {
        ...{ id: '1', state: 'firing' as const, severity: 'high' as const, service: null, title: 'x', text: '' },
        ...{ url: given, startedAt: at, changedAt: at },
      };
      const signal = signalOfAlert(alert, { provider: 'generic', connection: 'one' });
      const change = changeOf({
        ...{ id: '1', kind: 'deployment', source: 'github', reason: 'told', place: 'acme/shop', at },
        ...{ title: 'x', by: null, url: given },
      });
      const kept = JSON.stringify([signal, change]);
      for (const secret of [TOKEN, PASSWORD, SIGNATURE]) expect(kept).not.toContain(secret);
      expect(kept).not.toContain('admin');
    }
  });
});

it('an alert whose title nobody sees says that it has none', () => {
  const at = new Date('2026-11-01T12:00:00Z');
  for (const title of ['', ' ', '\u200b\u202e', '\u0000']) {
    const alert = {
      ...{ id: '1', state: 'firing' as const, severity: 'high' as const, service: null, title, text: '' },
      ...{ url: null, startedAt: at, changedAt: at },
    };
    expect(signalOfAlert(alert, { provider: 'generic', connection: 'one' }).tainted.title).toBe(
      'An alert without a title',
    );
  }
});
