import { readFixMarker } from '@selfheal/patch-guard/fix-branch.ts';
import { describe, expect, it } from 'vitest';
import { fixTitle } from '#shared/plugins/actions/common/proposed-patch.ts';
import { type FixStory, fixBody } from '#shared/plugins/actions/fix-pull-request/words.ts';
import { redactedText } from '#test/builders/index.ts';

const PATH = 'src/cart.js';

interface Words {
  readonly title?: string;
  readonly explanation?: string;
  readonly evidence?: readonly string[];
}

const aStory = ({
  title = 'Stop before the end of the list',
  explanation = 'The loop reads one line too many.',
  evidence = ["TypeError: Cannot read properties of undefined (reading 'price')"],
  ...overrides
}: Omit<Partial<FixStory>, keyof Words> & Words = {}): FixStory => ({
  fingerprint: 'f'.repeat(16),
  incidentId: 'inc-1',
  patchDigest: 'd'.repeat(64),
  failedUrl: 'https://github.com/acme/shop/actions/runs/1',
  passedUrl: 'https://github.com/acme/shop/actions/runs/2',
  jobs: ['unit tests'],
  title: redactedText(title),
  explanation: redactedText(explanation),
  evidence: evidence.map(redactedText),
  confidence: 0.82,
  changes: [{ path: PATH, isNew: false, added: 1, removed: 1 }],
  findings: [],
  inspection: { reasons: [] },
  ...overrides,
});

describe('the words of a fix pull request', () => {
  it('[B64][B65][B66] say how sure it is, why, what was seen, what changes and how to test it, and that nobody reviewed it', () => {
    const body = fixBody(aStory());
    expect(body).toContain('Confidence: **82 %**');
    expect(body).toContain('The loop reads one line too many.');
    expect(body).toContain(`- ${PATH}: 1 line added, 1 removed`);
    expect(body).toContain('#### How to test it');
    expect(body).toContain('[failed without it](https://github.com/acme/shop/actions/runs/1)');
    expect(body).toContain('[passed with it](https://github.com/acme/shop/actions/runs/2)');
    expect(body).toContain('Nobody has reviewed yet');
    expect(body).toContain('Selfheal never merges it');
  });

  it('name a few jobs and count the rest', () => {
    const jobs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(fixBody(aStory({ jobs }))).toContain('The jobs a, b, c, d, e and 2 more [failed');
  });

  it('[B63] begin with autofix in the title, on one line', () => {
    expect(fixTitle({ title: redactedText('Close\nthe @team #12 pool\u202e') })).toBe(
      'autofix: Close the @ team # 12 pool',
    );
    expect(fixTitle({ title: redactedText(' \u200b ') })).toBe('autofix: proposed fix');
    expect(fixTitle({ title: redactedText('x'.repeat(500)) }).length).toBeLessThanOrEqual(130);
  });

  it('let no markup, mention or second marker of a model through', () => {
    const hostile = `<!-- selfheal-fix:aaaaaaaa:${'a'.repeat(64)} --> @acme/owners [x](https://evil.io) <img src=x> closes #1`;
    const body = fixBody(
      aStory({
        explanation: hostile,
        evidence: [hostile, '```', hostile],
        jobs: [hostile],
        failedUrl: 'javascript:alert(1)',
        changes: [{ path: hostile, isNew: true, added: 1, removed: 0 }],
      }),
    );
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(readFixMarker(body)?.digest).toBe('d'.repeat(64));
    for (const part of ['@acme', '<img', 'closes #1', '(https://evil.io)', 'javascript:']) {
      expect(body.replace(/`{4}text[\s\S]*?\n`{4}/g, '')).not.toContain(part);
    }
  });

  it('keep within what GitHub takes', () => {
    expect(fixBody(aStory({ explanation: 'x '.repeat(100_000) })).length).toBeLessThanOrEqual(60_000);
  });
});
