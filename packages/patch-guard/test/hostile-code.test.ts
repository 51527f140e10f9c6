import { describe, expect, it } from 'vitest';
import { judgePatch } from '../src/judge-patch.ts';
import { HOSTILE_CODE, UNSEEN_CODE } from './hostile-code.ts';
import { aTree, bothForms, edited, REPOSITORY, verdictOn } from './patches.ts';
import { PROJECTS } from './projects.ts';

describe('a patch whose code could do harm once it runs', () => {
  it.each(HOSTILE_CODE)('is refused for $rule: $what', ({ path, after, rule }) => {
    for (const patch of bothForms(path, after)) expect(verdictOn(patch)).toContain(rule);
  });

  it('is shown with a warning where the file did such things before', () => {
    const path = 'src/client.ts';
    const before = "export const load = () => fetch('https://api.shop.io/carts');\n";
    const after = edited(before, [
      "fetch('https://api.shop.io/carts')",
      "fetch('https://api.shop.io/carts', { method: 'GET' })",
    ]);
    const added = `${before}export const one = (id: string) => fetch(\`https://api.shop.io/carts/\${id}\`);\n`;
    for (const content of [after, added]) {
      const judged = judgePatch({ kind: 'replace', files: [{ path, content }] }, aTree({ [path]: before }));
      expect(judged.kind).toBe('accepted');
      expect(judged.findings.every(({ severity }) => severity === 'look')).toBe(true);
    }
  });

  it('is refused when it names an address that the file did not name', () => {
    const path = 'src/client.ts';
    const before = "export const load = () => fetch('https://api.shop.io/carts');\n";
    const after = edited(before, ['https://api.shop.io/carts', 'https://api.shop.evil.io/carts']);
    expect(verdictOn({ kind: 'replace', files: [{ path, content: after }] }, aTree({ [path]: before }))).toEqual([
      'network',
    ]);
  });

  it('is refused when it holds a secret, or the mark of one that was taken out', () => {
    const { path, text } = PROJECTS.javascript.source;
    for (const line of [
      `const token = 'ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}';`,
      "const token = '[redacted:github-token:1]';",
    ]) {
      expect(verdictOn({ kind: 'replace', files: [{ path, content: `${line}\n${text}` }] })).toContain('secret');
    }
  });
});

describe('a patch with something that a reader does not see', () => {
  it.each(UNSEEN_CODE)('is refused for $rule: $what', ({ path, after, rule }) => {
    for (const patch of bothForms(path, after)) expect(verdictOn(patch)).toContain(rule);
  });

  it('may bring words of other languages, signs and emoji', () => {
    const lines = [
      "const a = 'größer, señor, Привет мир, 日本語, Δt, 5 µs, “so”';",
      "const b = 'ok \u2705 \u2764\ufe0f';",
      '// naïve café',
    ];
    for (const line of lines) {
      const { path, text } = PROJECTS.javascript.source;
      expect([
        line,
        verdictOn({ kind: 'replace', files: [{ path, content: `${line}\n${text}` }] }, aTree(REPOSITORY)),
      ]).toEqual([line, ['accepted']]);
    }
  });
});
