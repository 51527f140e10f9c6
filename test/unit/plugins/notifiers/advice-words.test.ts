import { describe, expect, it } from 'vitest';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { adviceNow, triedLines } from '#shared/plugins/notifiers/common/advice-words.ts';
import { historyLines } from '#shared/plugins/notifiers/common/asked-words.ts';
import { changeLines, confidencesOf, stoppedWords } from '#shared/plugins/notifiers/common/briefing-facts.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { aClassification, aDiagnosis, anActionRecord, anIncident, redactedText } from '#test/builders/index.ts';

const AT = '2026-11-21T12:00:00.000Z';
const receipt = {
  summary: redactedText('Re-ran the failed jobs of run 1001 as attempt 2.'),
  at: AT,
  facts: { attempt: 2 },
};
const failedRerun = anActionRecord({ state: 'done', verified: 'failed', receipt });
const story = (change: Partial<IncidentStory> = {}): IncidentStory => ({
  incident: anIncident({ status: 'suggested', classification: aClassification() }),
  diagnosis: aDiagnosis(),
  evidence: null,
  actions: [],
  stage: 'final',
  links: [],
  timeZone: 'UTC',
  ...change,
});

describe('the advice of a story', () => {
  it.each([
    'Re-run the failed jobs.',
    'Run the failed jobs again.',
    'Wait for the registry, then re-run the failed jobs.',
    'Re-run it; if it fails again, pin the version.',
  ])('does not ask for another re-run after one failed or was rejected: %s', (fix) => {
    const told = story({
      diagnosis: aDiagnosis({ fix }),
      actions: [failedRerun],
      ruledOut: ['Re-run the failed jobs'],
    });
    expect(adviceNow(story({ diagnosis: aDiagnosis({ fix }) }))).toBe(fix);
    // After a person rejected one, the same holds in whatever words the diagnosis asks for it.
    const rejected = story({ diagnosis: aDiagnosis({ fix }), ruledOut: ['Re-run the failed jobs'] });
    for (const advice of [adviceNow(told), adviceNow(rejected)]) {
      expect(advice).not.toMatch(/re-?run|again\b(?! later)/i);
      expect(advice).not.toBe('');
    }
  });

  it('is empty for a pull request that is over', () => {
    const over = anIncident({ outcomeReason: redactedText('Pull request #7 was merged meanwhile: it is left alone.') });
    expect(adviceNow(story({ incident: over }))).toBe('');
  });

  it('keeps the line breaks of a block of code', () => {
    const fix = redactedText('Pin it:\n```json\n{"left-pad": "1.3.0"}\n```');
    expect(adviceNow(story({ diagnosis: aDiagnosis({ fix }) }))).toBe(fix);
  });

  it.each(ACTIONS.map(({ title }) => title))('does not ask for what a person rejected: %s', (title) => {
    const fix = redactedText(`${title}. Read what changed.`);
    expect(adviceNow(story({ diagnosis: aDiagnosis({ fix }), ruledOut: [title] }))).toBe('Read what changed.');
  });

  it.each([
    'Pointed checkout-api:live from version 42 back to version 41.',
    'Re-ran the failed jobs of run 16000000056 as attempt 2.',
  ])('of a diagnosis that an earlier release stored with a receipt says what to do instead: %s', (fix) => {
    const told = story({ diagnosis: aDiagnosis({ fix: redactedText(fix), source: 'knowledge' }) });
    expect(adviceNow(told)).not.toMatch(/Pointed|Re-ran|\d{2,}/);
    for (const text of [renderComment(told), renderMail('Needs a human', null, told).message])
      expect(text).not.toContain(fix.slice(0, 20));
  });
});

describe('what was tried in a story', () => {
  it('has its date, and a result that shows nothing is not called a failure', () => {
    expect(triedLines(story({ actions: [failedRerun] }))[0]).toContain('21 Nov 2026, 12:00 UTC');
    const unclear = { ...failedRerun, inconclusive: true };
    expect(triedLines(story({ actions: [unclear] }))[0]).toContain('Whether it helped is not known');
    expect(triedLines(story({ actions: [unclear] }))[0]).not.toContain('did not help');
  });

  it('is never told beside the sentence that nothing similar is on record', () => {
    expect(historyLines(story())).toEqual(['No similar failure is on record here.']);
    const known: Partial<IncidentStory>[] = [
      { actions: [failedRerun] },
      { cameBack: 'It came back after 2 days: it had been resolved.' },
      { rejections: [{ title: 'Re-run the failed jobs', by: 'octocat', at: AT }] },
    ];
    for (const change of known) expect(historyLines(story(change)).join(' ')).not.toContain('No similar failure');
  });
});

describe('the facts of a briefing', () => {
  it('give each number a name of its own', () => {
    const diagnosis = aDiagnosis({ source: 'knowledge', confidence: 0.81 });
    const names = confidencesOf({ diagnosis }).map(({ name }) => name);
    expect(names).toEqual(['Certainty of the class', 'Certainty of the cause']);
  });

  it('tell the kill switch in comment and mail while it is on, and not after', () => {
    const on = story({ stopped: { reason: 'Release day.', since: AT, by: 'octocat' } });
    expect(stoppedWords(story())).toBeNull();
    for (const text of [renderComment(on), renderMail('Needs a human', null, on).message.replace(/\s+/g, ' ')])
      expect(text).toMatch(/kill switch is on since 21 Nov 2026/);
    expect(renderComment(story())).not.toContain('kill switch');
  });

  it('tell whoever is asked while the kill switch is on what an approval would come to', () => {
    const stopped = { reason: 'Release day.', since: AT, by: 'octocat' };
    const later = /resume first, then approve/;
    expect(stoppedWords(story({ stopped, stage: 'asking' }))).toMatch(later);
    expect(stoppedWords(story({ stopped, stage: 'final' }))).not.toMatch(later);
    expect(stoppedWords(story({ stage: 'asking' }))).toBeNull();
  });

  it('tell which commit failed and who started it', () => {
    expect(changeLines(story()).join(' ')).toMatch(/^Commit [0-9a-f]{12} of pull request #12 of acme\/shop/);
  });
});
