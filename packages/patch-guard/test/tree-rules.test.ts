import { describe, expect, it } from 'vitest';
import { aTree, edited, REPOSITORY, verdictOn } from './patches.ts';
import { PROJECTS } from './projects.ts';

const { path, text } = PROJECTS.javascript.source;
const patch = {
  kind: 'replace',
  files: [{ path, content: edited(text, ['i <= lines.length', 'i < lines.length']) }],
} as const;
const tree = (files: Readonly<Record<string, string>>) => aTree({ ...REPOSITORY, ...files });

describe('a repository that has a say itself', () => {
  it.each([
    ['.github/workflows/ci.yml', 'steps:\n  - run: node src/cart.ts --check\n'],
    ['.github/workflows/release.yaml', 'run: "./src/cart.ts"\n'],
    ['.gitlab-ci.yml', 'script:\n  - node src/cart.ts\n'],
    ['Makefile', 'check:\n\tnode src/cart.ts\n'],
    ['package.json', '{"scripts": {"check": "node src/cart.ts"}}'],
    ['Jenkinsfile', "sh 'node src/cart.ts'\n"],
  ])('keeps a file from being changed that %s runs', (rule, content) => {
    expect(verdictOn(patch, tree({ [rule]: content }))).toEqual(['path-protected']);
  });

  it.each([
    ['src/cart.ts linguist-generated\n'],
    ['*.ts linguist-generated=true\n'],
    ['src/** linguist-vendored\n'],
    ['src/ linguist-generated\n'],
    ['/src/c?rt.* -diff\n'],
    ['**/cart.ts binary\n'],
    ['*.ts filter=lfs diff=lfs merge=lfs -text\n'],
  ])('keeps a file from being changed that .gitattributes calls %j', (content) => {
    expect(verdictOn(patch, tree({ '.gitattributes': content }))).toEqual(['generated-file']);
  });

  it.each([
    ['.github/workflows/ci.yml', 'run: npm test -- src/cart.test.ts src/cart.tsx lib/src/cart.ts.bak\n'],
    ['package.json', '{"main": "src/cart.ts", "scripts": {"test": "vitest"}}'],
    ['.gitattributes', '*.ts text eol=lf\ndocs/** linguist-generated\n# *.ts binary\ncart linguist-generated\n'],
    ['lib/.gitattributes', '*.ts linguist-generated\n'],
  ])('says nothing of a file that %s speaks of otherwise', (rule, content) => {
    expect(verdictOn(patch, tree({ [rule]: content }))).toEqual(['accepted']);
  });

  it('lets tests be changed that a pipeline names', () => {
    const { test } = PROJECTS.python;
    const added = {
      kind: 'replace',
      files: [
        {
          path: test.path,
          content: edited(test.text, [
            '        assert sum_of_lines == 6',
            '        assert sum_of_lines == 6\n        assert sum_of_lines > 5',
          ]),
        },
      ],
    } as const;
    expect(verdictOn(added, tree({ '.github/workflows/ci.yml': `run: pytest ${test.path}\n` }))).toEqual(['accepted']);
  });
});
