import { problemOfPattern } from '@selfheal/log-reading/logs/pattern-safety.ts';
import { describe, expect, it } from 'vitest';
import { TERM_PATTERNS, termsOfLine } from '#shared/domain/knowledge/search/line-terms.ts';
import { BLAMES } from '#shared/domain/knowledge/search/missing-symbols.ts';
import { BESIDE } from '#shared/domain/knowledge/search/packages.ts';

describe('the terms of a line', () => {
  it.each<[spelling: string, line: string, terms: readonly string[]]>([
    ['Maven', '[ERROR] Could not resolve org.example:left-pad:jar:1.2.3', ['v:left-pad@1.2.3', 'n:left-pad']],
    ['a jar', 'bad class file: /root/.m2/x/left-pad/1.2.3/left-pad-1.2.3.jar(/a/B.class)', ['n:left-pad']],
    ['npm', 'npm ERR! peer left-pad@1.2.3 from app', ['v:left-pad@1.2.3', 'n:left-pad']],
    ['npm with a scope', 'peer @acme/pad@1.2.3', ['v:@acme/pad@1.2.3', 'n:@acme/pad']],
    ['pip', 'ERROR: No matching distribution found for left-pad==1.2.3', ['v:left-pad@1.2.3', 'n:left-pad']],
    ['Go', 'go: example.com/left/pad@v1.2.3: invalid version', ['v:example.com/left/pad@1.2.3']],
    ['Cargo', '   Compiling left-pad v1.2.3', ['v:left-pad@1.2.3', 'n:left-pad']],
    ['Bundler', 'An error occurred while installing left_pad (1.2.3)', ['v:left_pad@1.2.3', 'n:left_pad']],
    ['unpacked by npm', 'at Object.pad (/app/node_modules/left-pad/index.js:3:1)', ['n:left-pad']],
    ['unpacked by pip', 'File "/usr/lib/python3/site-packages/leftpad/core.py", line 3', ['n:leftpad']],
  ])('names packages as %s spells them', (_spelling, line, terms) => {
    expect([...termsOfLine(line)]).toEqual(expect.arrayContaining([...terms]));
  });

  it.each<[line: string, terms: readonly string[]]>([
    ['[ERROR]   symbol:   class Basket', ['b:basket']],
    ['error: package org.shop.cart does not exist', ['b:org.shop.cart', 'b:cart']],
    ["ModuleNotFoundError: No module named 'shop.cart'", ['b:shop.cart', 'e:modulenotfounderror']],
    ["Error: Cannot find module './cart'", ['b:cart']],
    ['java.lang.NoClassDefFoundError: org/shop/Cart', ['b:org.shop.cart', 'b:cart', 'e:noclassdeffounderror']],
    ['main.go:3:1: undefined: NewCart', ['b:newcart']],
    ['error[E0432]: unresolved import `shop::cart`', ['b:shop.cart', 'x:e0432']],
    ["cart.c:(.text+0x1): undefined reference to `cart_new'", ['b:cart_new']],
    ['sh: 1: terraform: not found', ['b:terraform']],
  ])('knows what %s blames', (line, terms) => {
    expect([...termsOfLine(line)]).toEqual(expect.arrayContaining([...terms]));
  });

  it.each<[line: string, term: string]>([
    ['src/cart.ts(3,1): error TS2345: no', 'x:ts2345'],
    ['read ECONNRESET', 'x:econnreset'],
    ['Process completed with exit code 137.', 'x:137'],
    ['upstream answered with status code 503', 'x:503'],
    ['killed by SIGKILL', 'x:sigkill'],
  ])('takes the code of "%s"', (line, term) => {
    expect([...termsOfLine(line)]).toContain(term);
  });

  it.each<[line: string, kept: string, not: readonly string[]]>([
    ['[ERROR] Failed to execute goal on project shop', 'w:goal', ['x:error']],
    ['NoClassDefFoundError: Could not initialize class org.shop.Cart', 'b:org.shop.cart', ['b:could']],
    [
      '[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.10.1:compile',
      'w:maven-compiler-plugin',
      ['n:maven-compiler-plugin', 'v:maven-compiler-plugin@3.10.1'],
    ],
    ['Plugin org.example:left-pad-maven-plugin:1.2.3', 'w:left-pad-maven-plugin', ['v:left-pad-maven-plugin@1.2.3']],
  ])('takes no name, code or package from "%s" that every such failure has', (line, kept, not) => {
    const terms = [...termsOfLine(line)];
    expect(terms).toContain(kept);
    expect(terms.filter((term) => not.includes(term))).toEqual([]);
  });

  it('splits names as programmers write them and takes no number for a word', () => {
    const terms = termsOfLine('org.shop.cart.BasketTotals failed after 1234 ms for user_account-id 99');
    expect([...terms]).toEqual(
      expect.arrayContaining(['p:org.shop', 'p:org.shop.cart', 'n:baskettotals', 'w:basket', 'w:totals', 'w:account']),
    );
    expect([...terms].some((term) => /^\w:\d+$/.test(term))).toBe(false);
  });

  it('reads with patterns that take linear time, whatever the line', () => {
    const problems = [...BLAMES, ...TERM_PATTERNS, BESIDE].map(({ source }) => [source, problemOfPattern(source)]);
    expect(problems.filter(([, problem]) => problem !== null)).toEqual([]);
  });
});
