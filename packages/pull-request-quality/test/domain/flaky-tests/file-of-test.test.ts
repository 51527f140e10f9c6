import { describe, expect, it } from 'vitest';
import { fileOfTest } from '../../../src/domain/flaky-tests/file-of-test.ts';

const PATHS = [
  'packages/cart/test/cart.test.ts',
  'packages/stock/test/index.test.ts',
  'packages/users/test/index.test.ts',
  'tests/test_basket.py',
  'src/test/java/com/acme/CartTest.java',
  'spec/order_spec.rb',
];

describe('the file of a test', () => {
  it.each([
    ['packages/cart/test/cart.test.ts > totals > adds up', 'packages/cart/test/cart.test.ts'],
    ['test/cart.test.ts > totals', 'packages/cart/test/cart.test.ts'],
    ['tests/test_basket.py::TestBasket::test_adds[1-2]', 'tests/test_basket.py'],
    ['test_adds (tests.test_basket.TestBasket.test_adds)', 'tests/test_basket.py'],
    ['com.acme.CartTest.addsUp', 'src/test/java/com/acme/CartTest.java'],
    ['CartTest.addsUp', 'src/test/java/com/acme/CartTest.java'],
    ['spec/order_spec.rb:12', 'spec/order_spec.rb'],
  ])('%s is told by its name', (name, file) => {
    expect(fileOfTest(name, PATHS)).toBe(file);
  });

  it.each([['index.test.ts > adds up'], ['totals > adds up'], ['TestCart'], ['../../etc/passwd.ts'], ['']])(
    '%s is not guessed',
    (name) => {
      expect(fileOfTest(name, PATHS)).toBeNull();
    },
  );
});
