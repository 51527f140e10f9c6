import { describe, expect, it } from 'vitest';
import { failurePlace } from '../../src/normal-form/failure-place.ts';
import {
  makeRepositoryFiles,
  normalRepositoryPath,
  UNKNOWN_REPOSITORY,
} from '../../src/normal-form/repository-path.ts';

const files = makeRepositoryFiles([
  'src/cart.ts',
  'app/src/main/java/com/acme/Cart.java',
  'a/x.py',
  'b/x.py',
  'cart/cart.go',
]);

describe('a path of a report', () => {
  it.each([
    ['src/cart.ts', 'src/cart.ts'],
    ['./src//cart.ts', 'src/cart.ts'],
    ['src/../lib/a.ts', 'lib/a.ts'],
    ['src\\cart\\a.cs', 'src/cart/a.cs'],
    ['D:\\a\\shop\\shop\\src\\a.cs', 'src/a.cs'],
    ['/home/runner/work/shop/shop/src/a.ts', 'src/a.ts'],
    ['/__w/shop/shop/src/a.ts', 'src/a.ts'],
    ['/github/workspace/src/a.ts', 'src/a.ts'],
    ['/builds/acme/shop/src/a.ts', 'src/a.ts'],
    ['/own/checkout/src/a.ts', 'src/a.ts'],
    ['file:///own/checkout/src/a%20b.ts', 'src/a b.ts'],
    ['file:///C:/own/src/a.ts', 'src/a.ts'],
    ['c:\\OWN\\src\\a.ts', 'src/a.ts'],
    ['/own/checkout/../../etc/passwd', null],
    ['../outside.ts', null],
    ['/usr/lib/python3/x.py', null],
    ['/own/checkout-of-others/a.ts', null],
    ['https://example.com/a.ts', null],
    ['\\\\server\\share\\a.ts', null],
    ['a\u0000b', null],
    ['.', null],
    ['', null],
    ['x'.repeat(5_000), null],
  ])('%j becomes %j', (raw, expected) => {
    expect(normalRepositoryPath(raw, { workspaces: ['/own/checkout', 'C:\\own'], files: null })).toBe(expected);
  });

  it.each([
    ['com/acme/Cart.java', 'app/src/main/java/com/acme/Cart.java'],
    ['/elsewhere/checkout/src/cart.ts', 'src/cart.ts'],
    ['github.com/acme/shop/cart/cart.go', 'cart/cart.go'],
    ['x.py', 'x.py'],
    ['generated/y.ts', 'generated/y.ts'],
    ['/usr/lib/node_modules/src/cart.ts', null],
    ['/elsewhere/cart.ts', null],
  ])('%j becomes %j where the files are known', (raw, expected) => {
    expect(normalRepositoryPath(raw, { workspaces: [], files })).toBe(expected);
  });

  it('begins in one of the given folders', () => {
    const bases = ['/home/runner/work/shop/shop/packages/a', '/home/runner/work/shop/shop/packages/b'];
    expect(normalRepositoryPath('src/x.ts', UNKNOWN_REPOSITORY, bases)).toBe('packages/a/src/x.ts');
    const known = makeRepositoryFiles(['packages/b/src/x.ts']);
    expect(normalRepositoryPath('src/x.ts', { workspaces: [], files: known }, bases)).toBe('packages/b/src/x.ts');
  });
});

describe('the place of a failure', () => {
  const inside = (path: string) => normalRepositoryPath(path, UNKNOWN_REPOSITORY);
  it.each([
    [
      'AssertionError\n    at node:internal/x.js:3:4\n    at file:///home/runner/work/shop/shop/src/cart.test.ts:12:9',
      'src/cart.test.ts',
      12,
    ],
    ['    at total (D:\\a\\shop\\shop\\src\\cart.js:7:1)', 'src/cart.js', 7],
    ['    at f (/home/runner/work/shop/shop/node_modules/x/a.js:1:2)\n    at g (src/b.js:2:3)', 'src/b.js', 2],
    ['  File "tests/test_a.py", line 3, in test\n  File "src/a.py", line 9, in f\nValueError', 'src/a.py', 9],
    ['tests/test_a.py:3: \nsrc/a.py:9: ValueError', 'src/a.py', 9],
    ['at org.junit.Assert.fail(Assert.java:86)\n', 'org/junit/Assert.java', 86],
    ['cart_test.go:14: expected 40', 'cart_test.go', 14],
  ])('%j', (details, file, line) => {
    expect(failurePlace(details, inside)).toEqual({ file, line });
  });

  it('is unknown where no frame is in the repository', () => {
    expect(failurePlace('at x (/usr/lib/a.js:1:2), at 12:30:45, see a.b:0', inside)).toBeNull();
  });
});
