import { describe, expect, it } from 'vitest';
import { makePythonResolver } from '../../../src/domain/architecture/python-modules.ts';

const FILES = [
  'pyproject.toml',
  'src/shop/__init__.py',
  'src/shop/cart.py',
  'src/shop/orders/__init__.py',
  'src/shop/orders/store.py',
  'src/shop/logging.py',
  'src/shop/types/__init__.py',
  'tools/run.py',
  'tools/json.py',
  'tools/helper.py',
  'plugins/acme/pay/card.py',
  'services/mail/app/main.py',
  'services/mail/app/send.py',
  'services/web/app/main.py',
  'services/web/app/send.py',
  'platform/__init__.py',
  'platform/core.py',
];
const resolve = makePythonResolver(FILES);
const from = (file: string, specifier: string, ...names: string[]) =>
  resolve(file, { specifier, names, line: 1, phase: 'load' });

describe('a Python import', () => {
  it.each([
    ['[B72] finds a module of its package', 'src/shop/cart.py', '.orders.store', [], ['src/shop/orders/store.py']],
    [
      'takes a name that is a module as that module',
      'src/shop/cart.py',
      '.orders',
      ['store'],
      ['src/shop/orders/store.py'],
    ],
    [
      'takes any other name from the package itself',
      'src/shop/cart.py',
      '.orders',
      ['Order'],
      ['src/shop/orders/__init__.py'],
    ],
    [
      'does both at once',
      'src/shop/cart.py',
      '.orders',
      ['store', 'Order'],
      ['src/shop/orders/store.py', 'src/shop/orders/__init__.py'],
    ],
    ['goes up by its dots', 'src/shop/orders/store.py', '..', ['cart'], ['src/shop/cart.py']],
    [
      'means its own package by one dot in __init__',
      'src/shop/orders/__init__.py',
      '.',
      ['store'],
      ['src/shop/orders/store.py'],
    ],
    [
      'takes names of a module from the module',
      'src/shop/orders/store.py',
      'shop.cart',
      ['Cart', 'cart'],
      ['src/shop/cart.py'],
    ],
    ['finds a package in src from a script', 'tools/run.py', 'shop.cart', [], ['src/shop/cart.py']],
    ['finds a script beside it', 'tools/run.py', 'helper', [], ['tools/helper.py']],
    [
      'finds a package without __init__ (PEP 420)',
      'src/shop/cart.py',
      'plugins.acme.pay',
      ['card'],
      ['plugins/acme/pay/card.py'],
    ],
    ['prefers the service it belongs to', 'services/web/app/main.py', 'app.send', [], ['services/web/app/send.py']],
    ['prefers an own package over the standard library', 'tools/run.py', 'platform.core', [], ['platform/core.py']],
  ] as const)('%s', (_, file, specifier, names, targets) => {
    expect(from(file, specifier, ...names)).toEqual(targets);
  });

  it.each([
    ['a module of the standard library, though a file has its name', 'tools/run.py', 'json'],
    ['the same inside a package', 'src/shop/cart.py', 'logging'],
    ['a package that is nowhere', 'src/shop/cart.py', 'requests.adapters'],
  ])('comes from outside: %s', (_, file, specifier) => {
    expect(from(file, specifier)).toBe('external');
  });

  it.each([
    ['a missing module of the own package', 'src/shop/cart.py', '.gone'],
    ['the same by its full name', 'src/shop/cart.py', 'shop.gone'],
    ['more dots than folders', 'tools/run.py', '....helper'],
  ])('leads nowhere: %s', (_, file, specifier) => {
    expect(from(file, specifier)).toBe('unresolved');
  });
});
