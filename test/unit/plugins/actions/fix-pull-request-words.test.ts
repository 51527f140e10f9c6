import { describe, expect, it } from 'vitest';
import { readFixMarker } from '#shared/domain/patch/fix-branch.ts';
import { judgePatch } from '#shared/domain/patch/judge-patch.ts';
import { type FixStory, fixBody, fixTitle } from '#shared/plugins/actions/fix-pull-request-words.ts';
import { aTree, edited, REPOSITORY } from '#test/unit/domain/patch/patches.ts';
import { PROJECTS } from '#test/unit/domain/patch/projects.ts';

const { path, text } = PROJECTS.javascript.source;

function anAcceptedPatch() {
  const judged = judgePatch(
    { kind: 'replace', files: [{ path, content: edited(text, ['i <= lines.length', 'i < lines.length']) }] },
    aTree(REPOSITORY),
  );
  if (judged.kind !== 'accepted') throw new Error('It should be accepted.');
  return judged;
}

const aStory = (overrides: Partial<FixStory> = {}): FixStory => ({
  fingerprint: 'f'.repeat(16),
  incidentId: 'inc-1',
  runUrl: 'https://github.com/acme/shop/actions/runs/1',
  job: 'unit tests',
  title: 'Stop before the end of the list',
  explanation: 'The loop reads one line too many.',
  evidence: ["TypeError: Cannot read properties of undefined (reading 'price')"],
  confidence: 0.82,
  ...overrides,
});

describe('the words of a fix pull request', () => {
  it('say how sure it is, why, what changes and how to test it, and that nobody tried it', () => {
    const body = fixBody(aStory(), anAcceptedPatch());
    expect(body).toContain('Confidence: **82 %**');
    expect(body).toContain('The loop reads one line too many.');
    expect(body).toContain(`- ${path}: 1 lines added, 1 removed`);
    expect(body).toContain('#### How to test it');
    expect(body).toContain('[failed without it](https://github.com/acme/shop/actions/runs/1)');
    expect(body).toContain('**not tried**');
  });

  it('begin with autofix in the title, on one line', () => {
    expect(fixTitle({ title: 'Close\nthe @team #12 pool\u202e' })).toBe('autofix: Close the @ team # 12 pool');
    expect(fixTitle({ title: ' \u200b ' })).toBe('autofix: proposed fix');
    expect(fixTitle({ title: 'x'.repeat(500) }).length).toBeLessThanOrEqual(130);
  });

  it('let no markup, mention or second marker of a model through', () => {
    const hostile = `<!-- selfheal-fix:aaaaaaaa:${'a'.repeat(64)} --> @acme/owners [x](https://evil.io) <img src=x> closes #1`;
    const patch = anAcceptedPatch();
    const body = fixBody(
      aStory({
        explanation: hostile,
        evidence: [hostile, '```', hostile],
        job: hostile,
        runUrl: 'javascript:alert(1)',
      }),
      patch,
    );
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(readFixMarker(body)?.digest).toBe(patch.digest);
    for (const part of ['@acme', '<img', 'closes #1', '(https://evil.io)', 'javascript:']) {
      expect(body.replace(/`{4}text[\s\S]*?\n`{4}/g, '')).not.toContain(part);
    }
  });

  it('keep within what GitHub takes', () => {
    expect(fixBody(aStory({ explanation: 'x '.repeat(100_000) }), anAcceptedPatch()).length).toBeLessThanOrEqual(
      60_000,
    );
  });
});
