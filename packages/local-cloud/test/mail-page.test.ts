import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeMailbox } from '../src/mail/mailbox.ts';
import { mailResponse } from '../src/mail/page.ts';

function aMailbox() {
  return makeMailbox(new DatabaseSync(':memory:'), () => undefined);
}
const mail = (subject: string, text = 'text') => ({ to: 'on-call@example.com', subject, text, topicArn: 'arn' });

describe('the mailbox page', () => {
  it('lists mail, newest first, each with a page of its own', () => {
    const mailbox = aMailbox();
    mailbox.receive(mail('first'));
    mailbox.receive(mail('second', 'line 1\nline 2'));
    const list = String(mailResponse('/mail', mailbox)?.body);
    expect(list.indexOf('second')).toBeLessThan(list.indexOf('first'));
    const [path = ''] = /\/mail\/[0-9a-f-]+/.exec(list) ?? [];
    expect(mailResponse(path, mailbox)?.body).toContain('line 1\nline 2');
    expect(JSON.parse(String(mailResponse('/mail.json', mailbox)?.body))).toHaveLength(2);
  });

  it('says so when there is no such mail, and leaves other paths alone', () => {
    expect(mailResponse('/mail/00000000-0000-0000-0000-000000000000', aMailbox())?.status).toBe(404);
    expect(mailResponse('/mailing', aMailbox())).toBeNull();
  });

  it('shows what mail contains, and never runs it', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        const mailbox = aMailbox();
        mailbox.receive(mail(`<img src=x onerror=alert(1)>${noise}`, `</pre><script>alert(1)</script>${noise}`));
        const list = String(mailResponse('/mail', mailbox)?.body);
        const page = String(mailResponse(/\/mail\/[0-9a-f-]+/.exec(list)?.[0] ?? '', mailbox)?.body);
        expect(`${list}${page}`).not.toMatch(/<(img|script)/);
      }),
      { numRuns: 30 },
    );
  });
});
