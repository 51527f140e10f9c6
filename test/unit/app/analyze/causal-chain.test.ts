import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';
import { chainOfIncident } from '#shared/app/analyze/analyze.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import {
  aClassification,
  aDiagnosis,
  anAlarmTarget,
  anEvidence,
  anIncident,
  aProposalStory,
  aTelemetry,
  someAlarmFacts,
} from '#test/builders/index.ts';
import type { makeMemoryEvidenceStore } from '#test/fakes/index.ts';
import { setUp } from '../analyze-rig.ts';

const TEXTS = [
  'starting the shop',
  'Error: connect ECONNREFUSED db:5432',
  'Error: query timed out after 5000 ms at db:5432',
  '##[error]Process completed with exit code 1.',
];

describe('the causal chain of an incident', () => {
  it.each([true, false])('[C37] is kept with its diagnosis, whether or not a model is asked (%s)', async (useModel) => {
    const { run, read, deps } = await setUp();
    const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
    await evidence.putEvidence(anEvidence({ texts: TEXTS }));
    await run(useModel);
    const { chain, evidence: cited } = await read();
    expect(chain?.cause).toMatchObject({ ref: 'L2', severity: 'error' });
    expect(chain?.followed.map(({ ref, link }) => [ref, link])).toEqual([
      ['L3', 'same-name'],
      ['L4', 'summary'],
    ]);
    if (!useModel) expect(cited[0]).toBe('L2');
  });

  it('[C37] [D28] of an alarm has the deployment and the alarm in it', () => {
    const target = anAlarmTarget({ changedAt: '2026-11-21T11:58:00.000Z' });
    const evidence = anEvidence({ texts: ['2026-11-21T11:55:00.000Z ERROR TypeError: total is not a function'] });
    const telemetry = aTelemetry({ facts: someAlarmFacts() });
    const chain = chainOfIncident(anIncident({ target }), evidence, aClassification(), telemetry);
    expect(chain?.cause).toMatchObject({ ref: null, text: 'Version 8 of checkout was deployed to live' });
    expect(chain?.followed.map(({ ref }) => ref)).toEqual(['L1', null]);
  });

  /** Lines that were written so many seconds after each other. */
  const told = (texts: readonly string[], secondsApart: number | null = 2) => {
    const plain = anEvidence({ texts });
    const timed = (line: EvidenceLine, at: number): EvidenceLine =>
      secondsApart === null
        ? line
        : { ...line, at: new Date(Date.UTC(2026, 10, 21, 12, 0, at * secondsApart)).toISOString() };
    const sources = plain.sources.map((source) => ({ ...source, lines: source.lines.map(timed) }));
    const evidence = { ...plain, sources };
    const incident = anIncident({ status: 'suggested', outcomeReason: 'No safe action fits.' });
    const chain = chainOfIncident(incident, evidence, aClassification(), null);
    const diagnosis = aDiagnosis(chain === null ? {} : { chain });
    const story = aProposalStory({ incident, evidence, diagnosis });
    return {
      comment: renderComment(story).replaceAll('\u200b', ''),
      mail: renderMail('Not healed', null, story).message,
    };
  };

  it('[C37] is told in the comment and the mail: the first cause, then what came of it', () => {
    const { comment, mail } = told(TEXTS);
    expect(comment).toContain('#### Chain of Events\n\n- First, 12:00:02 UTC: `Error: connect ECONNREFUSED db:5432`');
    expect(comment).toContain(
      '- Then, 12:00:04 UTC: `Error: query timed out after 5000 ms at db:5432`: it also mentions db.',
    );
    expect(mail).toContain(
      'Chain of events\n---------------\n- First, 12:00:02 UTC: `Error: connect ECONNREFUSED db:5432`',
    );
  });

  it('is left out where it says no more than the evidence does', () => {
    const { comment, mail } = told(['Error: total is wrong', '##[error]Process completed with exit code 1.']);
    expect(comment).not.toContain('Chain of Events');
    expect(mail).not.toContain('Chain of events');
  });

  it.each([0, null])('is left out where the times do not tell what came first (%s seconds apart)', (secondsApart) => {
    const { comment, mail } = told(TEXTS, secondsApart);
    expect(comment).not.toContain('Chain of Events');
    expect(mail).not.toContain('Chain of events');
  });

  it('does not count lines, as the quotes do', () => {
    const { comment } = told([...TEXTS.slice(0, 3), 'Error: query timed out after 7000 ms at db:5432']);
    expect(comment).toContain('[x2, last at 12:00:06]');
    expect(comment).not.toContain(' times)');
  });

  it('shows what a log says as plain words', () => {
    const { comment } = told([
      'Error: connect ECONNREFUSED db:5432 @everyone <b>x</b> [a](https://evil.example)',
      'Error: timed out `at` db:5432 <!-- selfheal:x -->',
    ]);
    expect(comment).toContain('Chain of Events');
    const section = comment.slice(comment.indexOf('Chain of Events'), comment.indexOf('#### Fix'));
    expect(section).not.toContain('<!--');
  });
});
