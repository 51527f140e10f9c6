import { describe, expect, it } from 'vitest';
import { inert } from '#shared/plugins/notifiers/common/mail/mail-links.ts';

const WORD_JOINER = '\u2060';
/** The host as a mail program would find it. */
const ADDRESSES = [
  'https://evil.example/x',
  'www.evil.example',
  'evil.example/x',
  'alertname=evil.example/x',
  'link:evil.example/x,',
  'a,evil.example/x',
  'queue|evil.example/x',
  'seen—evil.example/x',
  '"evil.example/x"',
  '<evil.example/x>',
  'evil.example:8080/x',
  'evil.example./x',
  'evil.example?x=1',
  'x=evil.example?x=1',
  'someone@evil.example/x',
  '//evil.example/x',
  'ftp.evil.example/x',
  'mailto:someone@evil.example',
];
const WORDS = [
  'src/cart.ts:14',
  'left-pad@1.3.0',
  'dev@example.com',
  'java.lang.Foo:12',
  './foo.js/x',
  '../foo.js/x',
  'node_modules/foo.js/index',
  '@scope/pkg.js/x',
  'foo.spec.ts?',
  '3.5/4',
  'v1.2.3/x',
  'and/or',
  '1.2.3.4:80',
  'a.b.c(Foo.java:12)',
];

describe('a word in a mail', () => {
  it.each(ADDRESSES)('%s is no link to a host of an outsider', (address) => {
    const kept = inert(`see ${address} now`);
    expect(kept).not.toContain('evil.example');
    expect(kept.replaceAll(WORD_JOINER, '')).toBe(`see ${address} now`);
  });

  it.each(['10.1.2.3/x', 'host=10.1.2.3:8080/x', 'evil。example/x', 'x=злой.рф/x'])(
    '%s is none either, as a number or in other letters',
    (address) => {
      expect(inert(address)).not.toBe(address);
    },
  );

  it.each(WORDS)('%s stays as it was printed', (word) => {
    expect(inert(`see ${word} now`)).toBe(`see ${word} now`);
  });
});
