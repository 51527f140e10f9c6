import { applyPatch } from '@selfheal/patch-guard/apply-patch.ts';
import { viewCode } from '@selfheal/patch-guard/code-view.ts';
import { judgePatch, pathsOfPatch } from '@selfheal/patch-guard/judge-patch.ts';
import type { Language } from '@selfheal/patch-guard/language.ts';
import { lineDiff } from '@selfheal/patch-guard/line-diff.ts';
import { normalPath } from '@selfheal/patch-guard/normal-path.ts';
import type { ProposedPatch } from '@selfheal/patch-guard/patch-limits.ts';
import { roleOfPath } from '@selfheal/patch-guard/path-policy.ts';
import { readPatch } from '@selfheal/patch-guard/read-patch.ts';
import { SYNTAX } from '@selfheal/patch-guard/syntax.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HONEST_PATCHES } from '../../packages/patch-guard/test/honest-patches.ts';
import { HOSTILE_PATHS } from '../../packages/patch-guard/test/hostile-paths.ts';
import { aTree, diffOf, REPOSITORY } from '../../packages/patch-guard/test/patches.ts';
import { mutatedDiff } from './patches/diff-mutations.ts';
import { fuzzOptions } from './seed.ts';

const HONEST_DIFFS = HONEST_PATCHES.map(({ path, after }) => diffOf(path, REPOSITORY[path] ?? null, after));
const TREE = aTree(REPOSITORY, { link: '120000', module: '160000', 'src/run.ts': '100755' });
const HOSTILE = Object.values(HOSTILE_PATHS).flat();

/** What must hold of whatever is let through. */
function expectInside(patch: ProposedPatch): void {
  const judged = judgePatch(patch, TREE);
  if (judged.kind === 'refused') {
    expect(judged.findings.some(({ severity }) => severity === 'refused')).toBe(true);
    expect(judged.findings.every(({ reason, rule }) => reason !== '' && rule !== undefined)).toBe(true);
    return;
  }
  expect(judged.digest).toMatch(/^[0-9a-f]{64}$/);
  for (const { path, previousPath, before } of judged.files) {
    for (const one of previousPath === null ? [path] : [path, previousPath]) {
      expect(normalPath(one)).toEqual({ kind: 'path', path: one });
      expect(roleOfPath(one).kind).not.toBe('refused');
      expect(HOSTILE).not.toContain(one);
    }
    expect(before).toBe(previousPath === null ? null : REPOSITORY[previousPath]);
  }
  expect(pathsOfPatch(patch).kind).toBe('paths');
}

describe('any patch', () => {
  it('that an honest one was changed into is refused with a reason, or stays inside the tree', () => {
    fc.assert(
      fc.property(mutatedDiff(HONEST_DIFFS), (text) => expectInside({ kind: 'diff', text })),
      fuzzOptions(400),
    );
  });

  it('that replaces files is refused with a reason, or stays inside the tree', () => {
    const path = fc.oneof(
      fc.constantFrom(...HOSTILE, ...Object.keys(REPOSITORY)),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    const content = fc.oneof(
      fc.constantFrom(...Object.values(REPOSITORY)),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ path, content }), { maxLength: 3 }), (files) =>
        expectInside({ kind: 'replace', files }),
      ),
      fuzzOptions(300),
    );
  });

  it('is never read as something else than a refusal or changes of normal paths', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 })), (text) => {
        const read = readPatch({ kind: 'diff', text });
        if (read.kind === 'read')
          for (const { path } of read.changes) expect(normalPath(path)).toEqual({ kind: 'path', path });
        else expect(read.findings).toHaveLength(1);
      }),
      fuzzOptions(300),
    );
  });
});

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '  a', '{', '}'), { maxLength: 30 });

describe('two versions of a file', () => {
  it('are told apart so that either follows from the other', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        let [at, rebuilt] = [0, [] as string[]];
        for (const stretch of lineDiff(before, after)) {
          rebuilt = [...rebuilt, ...before.slice(at, stretch.before[0]), ...after.slice(...stretch.after)];
          at = stretch.before[1];
        }
        expect([...rebuilt, ...before.slice(at)]).toEqual(after);
      }),
      fuzzOptions(300),
    );
  });

  it('follow from the diff between them, exactly', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const [old, fresh] = [before, after].map((one) => one.map((line) => `${line}\n`).join('')) as [string, string];
        fc.pre(old !== fresh && old !== '' && fresh !== '');
        const read = readPatch({ kind: 'diff', text: diffOf('src/a.ts', old, fresh) });
        const applied = read.kind === 'read' ? applyPatch(read.changes, aTree({ 'src/a.ts': old })) : read;
        expect(applied).toMatchObject({ kind: 'applied', files: [{ after: fresh }] });
      }),
      fuzzOptions(300),
    );
  });
});

describe('any source text', () => {
  it('is taken apart line by line, and nothing that is not in a line comes out of it', () => {
    const source = fc.array(
      fc.oneof(
        fc.constantFrom(
          '"',
          "'",
          '`',
          '"""',
          '/*',
          '*/',
          '//',
          '#',
          '{',
          '}',
          '(',
          ')',
          '${',
          'r#"',
          '"#',
          '<<~EOS',
          'EOS',
          '=begin',
          '=end',
          '/x/',
          '\\',
          'do',
          'end',
          'if x',
        ),
        fc.string({ maxLength: 20 }),
      ),
      { maxLength: 40 },
    );
    const languages = Object.keys(SYNTAX) as Language[];
    fc.assert(
      fc.property(fc.constantFrom(...languages), source, (language, texts) => {
        const view = viewCode(texts, language);
        expect(view.lines).toHaveLength(texts.length);
        for (const [at, { text, code }] of view.lines.entries()) {
          expect(text.length).toBeLessThanOrEqual((texts[at] ?? '').length);
          expect(code.length).toBeLessThanOrEqual(Math.max(2, (texts[at] ?? '').length + 2));
        }
      }),
      fuzzOptions(300),
    );
  });
});
