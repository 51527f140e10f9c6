import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { describe, expect, it } from 'vitest';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { aClassification, aDiagnosis, anEvidence, aProposalStory } from '#test/builders/index.ts';

const history = (reasons: string[], passedOnSameCommit = true) => ({ support: 3, passedOnSameCommit, reasons });

describe('what the comment says of the history', () => {
  it('is each reason with its counts, and of the default branch only once', () => {
    const classification = aClassification({
      verdict: 'flaky',
      history: history([
        'On the same commit 1 other attempt failed and 1 passed (attempt 2).',
        'The newest run of the default branch passed.',
      ]),
    });
    const comment = renderComment(aProposalStory({ diagnosis: aDiagnosis({ classification, preExisting: false }) }));
    expect(comment).toContain(
      '- On the same commit 1 other attempt failed and 1 passed (attempt 2).'.replace(/[()]/g, '\\$&'),
    );
    expect(comment.match(/default branch/g)).toHaveLength(1);
    const unknown = renderComment(aProposalStory({ diagnosis: aDiagnosis({ classification, preExisting: null }) }));
    expect(unknown).toContain('The newest run of the default branch passed.');
  });

  it('cannot be worded by a test: its name is shown as it stands', () => {
    const reason =
      'The test "**all** <b>@everyone</b> <!-- selfheal:x -->" failed before in 1 of 7 (rate 2 % to 51 %) recorded runs.';
    const classification = aClassification({ history: history([reason]) });
    const comment = renderComment(aProposalStory({ diagnosis: aDiagnosis({ classification }) }));
    expect(comment).toContain('&lt;b&gt;');
    expect(comment).not.toContain('<b>');
    expect(comment.match(/<!-- selfheal:/g)).toHaveLength(1);
  });

  it('replaces the doubt that only another run shows it, once the same commit passed', () => {
    const { signatures } = parseSignatures([]);
    const unchecked = (passedOnSameCommit: boolean): string[] =>
      diagnoseByRules({
        evidence: anEvidence(),
        classification: aClassification({ verdict: 'flaky', history: history(['It passed.'], passedOnSameCommit) }),
        signatures,
        knowledge: null,
        preExisting: false,
        note: null,
      }).unchecked.map(({ text }) => text);
    expect(unchecked(false).join()).toContain('Only the message suggests that a re-run may pass');
    expect(unchecked(true).join()).not.toContain('Only the message suggests that a re-run may pass');
  });
});

describe('what a model looked up', () => {
  it('is quoted where it is cited, with its reference, as text', () => {
    const consulted = [
      {
        ref: 'F6',
        origin: 'What the commit under test changes in one file',
        text: '+  const shown = lines.slice(0, 57);',
      },
      { ref: 'F12', origin: 'Commits that touched one file', text: 'a9aa91a255 `` ``` <!-- selfheal:x --> @dev' },
    ];
    const model = {
      provider: 'anthropic',
      modelId: 'm',
      turns: 2,
      inputTokens: 1,
      cachedInputTokens: 0,
      outputTokens: 1,
      microdollars: null,
      lookups: ['show_change'],
      findings: [],
      suggestions: [],
      consulted,
    };
    const comment = renderComment(aProposalStory({ diagnosis: aDiagnosis({ source: 'model', model }) }));
    expect(comment).toContain('What the commit under test changes in one file (looked up)');
    expect(comment).toContain('F6 | +  const shown = lines.slice(0, 57);');
    expect(comment).toContain('````text\nF12 | a9aa91a255');
    expect(comment.match(/<!-- selfheal:/g)).toHaveLength(1);
  });
});
