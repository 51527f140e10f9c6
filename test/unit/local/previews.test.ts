import { describe, expect, it } from 'vitest';
import { renderPreviews } from '#apps/local/previews.ts';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { ANNOUNCEMENT_KINDS } from '#shared/domain/workflow/function-config.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';

describe('the previews of notifications', () => {
  it('have every kind of announcement, by every notifier that takes it', async () => {
    const previews = await renderPreviews();
    expect(new Set(previews.map(({ kind }) => kind))).toEqual(new Set(ANNOUNCEMENT_KINDS));
    for (const { id, takes } of NOTIFIERS)
      for (const kind of takes) {
        // Phones and tickets hear of an end only where it is no recovery and has no pull request, which no sample is.
        if (['sms', 'jira', 'github-issue', 'slack-app'].includes(id) && kind === 'progress') continue;
        const messages = previews.filter((one) => one.kind === kind).map(({ channels }) => channels);
        expect(messages.flat().some((one) => one.id === id && one.message !== null)).toBe(true);
      }
  });

  it('are what the notifier itself writes, and stay silent where it is', async () => {
    const previews = await renderPreviews();
    const at = (title: string) => previews.find((one) => one.title === title)?.channels ?? [];
    const [comment, mail] = at('A plan waits for a person');
    expect(comment?.message?.text).toContain('/selfheal approve d1ced1ced1ce');
    expect([mail?.id, mail?.message]).toEqual(['email', null]);
    const [silent, escalation] = at('A human has to take over');
    expect(silent?.message).toBeNull();
    expect(escalation?.message?.subject).toMatch(/^\[Selfheal\] Needs a human: ledger-latency/);
    for (const id of ['slack', 'teams']) {
      const chat = at('A human has to take over').find((one) => one.id === id)?.message;
      expect(chat?.text).toMatch(
        /^(?::red_circle: )?Alarm ledger-latency: [\s\S]+What to do: [\s\S]+alarm ledger-latency: https:/,
      );
    }
    const ticket = at('A human has to take over').find(({ id }) => id === 'jira');
    expect(ticket?.message).toMatchObject({
      subject: expect.stringContaining('ledger-latency'),
      text: expect.any(String),
    });
    expect(ticket?.why).toBe('no rule is set');
    expect(at('A plan was approved').map(({ message }) => message)).toEqual(NOTIFIERS.map(() => null));
  });

  it('keep to what each notifier would send: one that fails is no empty preview', async () => {
    const failing = {
      ...(NOTIFIERS[0] as (typeof NOTIFIERS)[number]),
      notify: () => Promise.reject(new Error('broken')),
    };
    await expect(renderPreviews([failing])).rejects.toThrow('broken');
    expect(SAMPLE_ANNOUNCEMENTS.length).toBeGreaterThan(ANNOUNCEMENT_KINDS.length);
  });
});
