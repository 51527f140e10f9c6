import { Finding } from '@selfheal/reports/normal-form/normal-form.ts';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { analyzeArchitecture, type ScannedFile } from '../../../src/domain/architecture/analyze-architecture.ts';
import { renderArchitectureReport } from '../../../src/domain/architecture/architecture-report.ts';

const aFile = (file: string, complexity = 1, name = 'f'): ScannedFile => ({
  file,
  language: 'typescript',
  lines: 40,
  facts: {
    imports: [],
    computedImports: [],
    functions: [{ name, line: 3, lines: 20, complexity }],
    abstract: 1,
    concrete: 1,
  },
});
const anEdge = (from: string, to: string) => ({ from, to, phase: 'load' as const });

const FILES = [
  aFile('cart/cart.ts', 31, 'total'),
  aFile('price/price.ts'),
  aFile('main.ts'),
  aFile('cart/cart.test.ts'),
];
const finding = Finding.parse({
  tool: 'CodeQL',
  category: 'code',
  rule: 'js/sql-injection',
  severity: 'high',
  message: 'This query depends on a user-provided value.',
  file: 'cart/cart.ts',
  line: 9,
  package: null,
  fingerprint: '0123456789abcdef',
});
const before = analyzeArchitecture(
  {
    commit: 'a'.repeat(40),
    files: FILES,
    imports: [],
    unresolved: [],
    skipped: new Map(),
    history: null,
    findings: null,
  },
  null,
);
const now = analyzeArchitecture(
  {
    commit: 'b'.repeat(40),
    files: FILES,
    imports: [
      anEdge('main.ts', 'cart/cart.ts'),
      anEdge('cart/cart.ts', 'price/price.ts'),
      anEdge('price/price.ts', 'cart/cart.ts'),
    ],
    unresolved: [{ file: 'main.ts', line: 2, specifier: './gone.ts' }],
    skipped: new Map([['large' as const, ['dist/a.js']]]),
    history: { days: 365, commits: [['cart/cart.ts'], ['cart/cart.ts', 'main.ts']], complete: false },
    findings: [finding],
  },
  before,
);

describe('the architecture report', () => {
  it('[B71] [B78] has score, critical issues, priorities, and what code scanning found', () => {
    expect(renderArchitectureReport(now, { drawing: 'architecture_graph.svg' })).toMatchSnapshot();
  });

  it('takes its opening paragraph from whoever words it, and nothing else', () => {
    const own = renderArchitectureReport(now, { drawing: 'g.svg', overview: 'In other words.' });
    expect(own).toContain('\n\nIn other words.\n\n');
    expect(own.split('\n').length).toBe(renderArchitectureReport(now, { drawing: 'g.svg' }).split('\n').length);
  });

  it('shows names from outside as code, whatever they hold', () => {
    const names = [
      'a`b`.ts',
      '``',
      '`',
      '|x|',
      '<img src=x>',
      '@team',
      '[a](http://x)',
      'a\nb',
      '\u202egnp.ts',
      ' ',
      '``` |',
    ];
    const markdown = new MarkdownIt();
    const files = names.map((name) => aFile(name, 40, name));
    const hostile = analyzeArchitecture(
      { commit: null, files, imports: [], unresolved: [], skipped: new Map(), history: null, findings: null },
      null,
    );
    const page = markdown.render(renderArchitectureReport(hostile, { drawing: 'g.svg' }));
    expect(page.replaceAll('<img src="g.svg" alt="Folders and their imports">', '')).not.toMatch(/<img|<a /);
  });
});
