import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { describe, expect, it } from 'vitest';

const json = (value: unknown): string => JSON.stringify(value);
const FILES: Readonly<Record<string, string>> = {
  'package.json': json({ name: 'shop', imports: { '#lib/*': './lib/*' }, workspaces: ['packages/*'] }),
  'tsconfig.json':
    '{\n // paths of the root\n "extends": "@tsconfig/node24/tsconfig.json", "compilerOptions": { "paths": { "@/*": ["./src/*"], }, } }',
  'lib/money.ts': '',
  'src/main.ts': '',
  'src/cart.ts': '',
  'src/cart.d.ts': '',
  'src/view.tsx': '',
  'src/old.js': '',
  'src/old.d.ts': '',
  'src/tool.mjs': '',
  'src/tool.d.mts': '',
  'src/orders/index.ts': '',
  'src/style.css': '',
  'src/prices.json': '{}',
  'web/tsconfig.json': json({
    extends: '../tsconfig.json',
    compilerOptions: { baseUrl: '.', paths: { '~/*': ['app/*'] } },
  }),
  'web/app/page.ts': '',
  'web/shared/text.ts': '',
  'broken/tsconfig.json': '{ "compilerOptions": ',
  'broken/package.json': '{ "name": ',
  'broken/a.ts': '',
  'broken/b.ts': '',
  'packages/core/package.json': json({
    name: '@shop/core',
    exports: { '.': './src/index.ts', './*': './src/*.ts', './secret': null },
  }),
  'packages/core/src/index.ts': '',
  'packages/core/src/tax.ts': '',
  'packages/built/package.json': json({
    name: 'built',
    main: './dist/index.js',
    exports: { '.': './dist/index.js', './*': './dist/*.js' },
  }),
  'packages/built/src/index.ts': '',
  'packages/built/src/deep/part.ts': '',
};
const resolver = makeModuleResolver(Object.keys(FILES), (file) => FILES[file] ?? null);
const found = (from: string, specifier: string): string => {
  const answer = resolver.resolve(from, specifier);
  return typeof answer === 'string' ? answer : answer.file;
};

describe('where an import leads', () => {
  it.each([
    ['a file by its name', 'src/main.ts', './cart.ts', 'src/cart.ts'],
    ['without its extension', 'src/main.ts', './cart', 'src/cart.ts'],
    ['by the name that the compiler writes', 'src/main.ts', './cart.js', 'src/cart.ts'],
    ['the same of JSX', 'src/main.ts', './view.js', 'src/view.tsx'],
    ['a JavaScript file rather than its declarations', 'src/main.ts', './old.js', 'src/old.js'],
    ['the same of an ES module', 'src/main.ts', './tool.mjs', 'src/tool.mjs'],
    ['the index of a folder', 'src/main.ts', './orders', 'src/orders/index.ts'],
    ['the folder above', 'src/orders/index.ts', '..//cart.ts', 'src/cart.ts'],
    ['a style sheet', 'src/main.ts', './style.css', 'src/style.css'],
    ['a file with a query of a bundler', 'src/main.ts', './prices.json?raw', 'src/prices.json'],
    ['imports of package.json', 'src/main.ts', '#lib/money.ts', 'lib/money.ts'],
    ['paths of tsconfig.json, though what it extends is not installed', 'src/main.ts', '@/cart', 'src/cart.ts'],
    ['paths of the nearest tsconfig.json', 'web/app/page.ts', '~/page', 'web/app/page.ts'],
    ['its base URL', 'web/app/page.ts', 'shared/text', 'web/shared/text.ts'],
    ['a package of the workspace', 'src/main.ts', '@shop/core', 'packages/core/src/index.ts'],
    ['a part that it exports', 'src/main.ts', '@shop/core/tax', 'packages/core/src/tax.ts'],
    ['the sources of a package that is built first', 'src/main.ts', 'built', 'packages/built/src/index.ts'],
    ['a part of it', 'packages/core/src/tax.ts', 'built/deep/part', 'packages/built/src/deep/part.ts'],
    ['a neighbour, though the configurations beside it cannot be read', 'broken/a.ts', './b', 'broken/b.ts'],
  ])('[B72] %s', (_, from, specifier, file) => {
    expect(found(from, specifier)).toBe(file);
  });

  it.each(['react', '@scope/name/part', 'node:fs', 'https://example.com/a.js'])('outside: %s', (specifier) => {
    expect(found('src/main.ts', specifier)).toBe('external');
  });

  it.each(['./gone', '../../../../etc/passwd', '/etc/passwd', '#gone', '@/gone', './', '', '.', '\0', './a\0b', '%00'])(
    'nowhere: %j',
    (specifier) => {
      expect(found('src/main.ts', specifier)).toMatch(/^(?:unresolved|external)$/);
    },
  );
});
