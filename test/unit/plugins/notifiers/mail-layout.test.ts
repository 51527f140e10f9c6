import { expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { makeMemoryMailer } from '#test/fakes/index.ts';

const email = NOTIFIERS.find(({ id }) => id === 'email');
const mailed = SAMPLE_ANNOUNCEMENTS.filter(
  ({ announcement }) => email?.takes.includes(announcement.kind) && email.wants(announcement),
);

it.each(mailed)('a mail reads well on a phone: $title', async ({ announcement }) => {
  const mailer = makeMemoryMailer();
  await email?.notify(announcement, {
    mailer,
    codeHost: {} as never,
    poster: {} as never,
    smtp: {} as never,
    texter: {} as never,
  });
  const [mail] = mailer.mails;
  // One beginning for all, by which mailboxes sort; requests for an approval have the one of their level.
  const begins = announcement.kind === 'approval-asked' ? /^/ : /^\[Selfheal\] /;
  expect(mail?.subject).toMatch(begins);
  expect(mail?.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  // Names of code are for code.
  expect(mail?.message).not.toMatch(/\b(?:update_confidence|prune_ineffective_patterns|suggest_new_patterns)\b/);
  const lines = mail?.message.split('\n') ?? [];
  for (const line of lines) {
    // An address stands alone, so that the whole of it becomes a link.
    if (/https?:\/\//.test(line)) expect(line).toMatch(/^\S+$/);
    // Columns made of spaces fall apart in another font; quoted lines are as they are.
    else if (!line.startsWith('  ')) expect(line).not.toMatch(/\S {2,}\S/);
    expect(line.length).toBeLessThanOrEqual(998);
  }
  // A paragraph is one line: the next one does not go on with its sentence.
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1] ?? '';
    if (/[a-z,]$/.test(line)) expect(`${line}\n${next}`).not.toMatch(/[a-z,]\n[a-z]/);
  }
});
