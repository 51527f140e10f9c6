import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { renderApprovalMail } from '#shared/plugins/notifiers/common/mail/approval-mail.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import {
  aDiagnosis,
  anActionRecord,
  anIncident,
  aProposalStory,
  aResolvedStory,
  RERUN_RECORD,
} from '#test/builders/index.ts';

const { receipt } = RERUN_RECORD;
if (receipt === null) throw new Error('The builder gives a receipt.');
const failedRerun = { ...RERUN_RECORD, verified: 'failed' as const };
const third = {
  ...RERUN_RECORD,
  receipt: { ...receipt, summary: phrase`Re-ran the failed jobs of run 1001 as attempt 3.` },
};
const own: readonly (readonly [string, IncidentStory])[] = [
  ['a proposal', aProposalStory()],
  ['a proposal without a remedy', aProposalStory({ diagnosis: aDiagnosis({ fix: '', prevention: '' }) })],
  ['no diagnosis', aProposalStory({ diagnosis: null, evidence: null })],
  ['a re-run that helped', aResolvedStory()],
  ['a re-run that is checked', aResolvedStory({ incident: anIncident(), stage: 'acting' })],
  ['a re-run in vain', aProposalStory({ actions: [failedRerun] })],
  ['two actions', aResolvedStory({ actions: [failedRerun, third] })],
  ['an action without a receipt', aProposalStory({ actions: [anActionRecord({ state: 'unknown' })] })],
  ['a failure that came back', aProposalStory({ cameBack: 'It came back after 2 days: it had been resolved.' })],
];
const samples = SAMPLE_ANNOUNCEMENTS.flatMap(({ title, announcement }) =>
  'story' in announcement ? [[title, announcement.story] as const] : [],
);
const stories = [...own, ...samples];

/** Sentences of at least four words, without their markup. The heading sums up what follows. */
function sentencesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('###') && !line.startsWith('<'))
    .flatMap((line) => line.replace(/[*_`>]|^- /g, '').split(/(?<=[.:]) /))
    .map((sentence) => sentence.replace(/\W+/g, ' ').trim().toLowerCase())
    .filter((sentence) => sentence.split(' ').length >= 4);
}

const repeatedIn = (text: string): string[] => {
  const sentences = sentencesOf(text);
  return sentences.filter((sentence, at) => sentences.indexOf(sentence) < at);
};

describe('a reader is told a thing once', () => {
  it.each(stories)('in the comment about %s', (_what, story) => {
    expect(repeatedIn(renderComment(story))).toEqual([]);
  });

  it.each(stories)('in the mail about %s', (_what, story) => {
    const { message } = renderMail('Needs a human', 'No safe action fits.', story);
    // The first line is what failed, as the heading of the comment.
    expect(repeatedIn(message.split('\n').slice(1).join('\n'))).toEqual([]);
  });

  it.each(SAMPLE_ANNOUNCEMENTS.filter(({ announcement }) => announcement.kind === 'approval-asked'))(
    'in the mail: $title',
    ({ announcement }) => {
      if (announcement.kind !== 'approval-asked') throw new Error('Filtered above.');
      expect(repeatedIn(renderApprovalMail(announcement.story, announcement).message)).toEqual([]);
    },
  );
});
