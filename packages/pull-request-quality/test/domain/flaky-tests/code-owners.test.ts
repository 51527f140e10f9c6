import { describe, expect, it } from 'vitest';
import { codeOwnersOf } from '../../../src/domain/flaky-tests/code-owners.ts';

describe('the owners of a path', () => {
  it.each<[pattern: string, path: string, owned: boolean]>([
    ['*', 'a.ts', true],
    ['*', 'src/deep/a.ts', true],
    ['*.ts', 'src/a.ts', true],
    ['*.ts', 'src/a.tsx', false],
    ['/src/', 'src/deep/a.ts', true],
    ['/src/', 'lib/src/a.ts', false],
    ['src/', 'lib/src/a.ts', true],
    ['src', 'lib/src/a.ts', true],
    ['src/', 'src', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/deep/a.md', false],
    ['docs/*', 'lib/docs/a.md', false],
    ['/test/cart', 'test/cart/a.ts', true],
    ['**/logs', 'a/b/logs/c.ts', true],
    ['test/**/cart.ts', 'test/cart.ts', true],
    ['test/**/cart.ts', 'test/a/b/cart.ts', true],
    ['test/**', 'test/a/b/cart.ts', true],
    ['test/c?rt*.ts', 'test/cart-test.ts', true],
    ['test/c?rt*.ts', 'test/crt.ts', false],
    ['!src', 'src/a.ts', false],
    ['src/[ab].ts', 'src/a.ts', false],
    ['/', 'a.ts', false],
  ])('%s and %s: %s', (pattern, path, owned) => {
    expect(codeOwnersOf(`${pattern} @acme/shop`, path)).toEqual(owned ? ['@acme/shop'] : []);
  });

  it('are those of the last line that matches, also when it names nobody', () => {
    const text = '# Everything\n* @acme/all\n/test/ @acme/basket @acme-dev # both\n/test/open.ts\n';
    expect(codeOwnersOf(text, 'src/a.ts')).toEqual(['@acme/all']);
    expect(codeOwnersOf(text, 'test/a.ts')).toEqual(['@acme/basket', '@acme-dev']);
    expect(codeOwnersOf(text, 'test/open.ts')).toEqual([]);
  });

  it('are logins and teams only, at most five', () => {
    const named = ['@a', 'b@acme.example', '@c/d/e', '@f<script>', '@-g', '@h/i', '@j', '@k', '@l', '@m'];
    expect(codeOwnersOf(`* ${named.join(' ')}`, 'a.ts')).toEqual(['@a', '@h/i', '@j', '@k', '@l']);
  });

  it('are told of the longest pattern and path that are read, however many wildcards', () => {
    const pattern = `/${'**/'.repeat(100)}${'*a'.repeat(90)}b`;
    expect(codeOwnersOf(`${pattern} @acme/shop`, `${'a/'.repeat(200)}${'a'.repeat(100)}`)).toEqual([]);
  });
});
