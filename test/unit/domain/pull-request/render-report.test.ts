import type { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { combineResults } from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import { renderReport } from '@selfheal/pull-request-quality/domain/pull-request/render-report.ts';
import { templateWords } from '@selfheal/pull-request-quality/domain/pull-request/report-words.ts';
import { COMMENT_MARKER, partsOf } from '@selfheal/pull-request-quality/domain/pull-request/sticky-comment.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import {
  aCause,
  aFailedTest,
  aJobResult,
  aNewFinding,
  aReportedRun,
  coverageFacts,
  greenResults,
  redResults,
  testsFacts,
} from '#test/builders/index.ts';

function rendered(results: JobResult[], maxCharacters = 15_000): string {
  const facts = combineResults(results);
  return renderReport(facts, aReportedRun(), templateWords(facts), { place: 'comment', maxCharacters });
}

/** What a reader sees; HTML that is not escaped would be in it. */
const html = (markdown: string): string => new MarkdownIt({ html: true, linkify: true }).render(markdown);

describe('the report on a pull request', () => {
  it('[B40] shows signs of status, the cause first, figures, what to do, and what to do next', () => {
    const text = rendered(redResults());
    const order = [
      '### \u274c 2 of 4 jobs failed',
      '**Cause:**',
      '**Next:**',
      '240 tests',
      '**To do**',
      '| | Job |',
      '<details>',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).toMatch(/\| \u2705 \| `lint` \|/);
  });

  it('does not blame a task or a leg that passed for the failure of another one of its job', () => {
    const legs = [aJobResult('test (22)', 'failed'), aJobResult('test (24)', 'passed')];
    const statusOf = (results: JobResult[]) =>
      combineResults(results, [{ job: redactName('test', 100), result: 'failure' }]).jobs.map(
        ({ job, status }) => `${job}: ${status}`,
      );
    expect(statusOf(legs)).toEqual(['test (22): failed', 'test (24): passed']);
    expect(statusOf(legs.slice(1))).toEqual(['test (24): failed']);
  });

  it('[B41] names file and lines of what to do: a failing test, and changed lines that no test runs', () => {
    const text = rendered(redResults());
    expect(text).toContain('[`test/cart.test.ts:14`](https://github.com/acme/shop/blob/');
    expect(text).toMatch(/\[`src\/cart\.ts`\]\(\S+#L12-L18\) lines 12-18, 30/);
  });

  it('[B42] shows how far the coverage is from the baseline', () => {
    expect(rendered(redResults())).toContain('\u22120.8 against the baseline');
    expect(rendered(greenResults())).toContain('+0.3 against the baseline');
    expect(rendered(redResults())).toMatch(
      /^\| \S+ \| `coverage` \| 91\.2\s% \| 92\.0\s% \| \u22120\.8 \| 87\.0\s% \|$/m,
    );
  });

  it('tells a failed gate in one line, and not where its new vulnerabilities are listed', () => {
    const text = rendered(redResults());
    expect(text).not.toContain('Gate `vulnerabilities.high` failed');
    const alone = redResults().filter(({ job }) => job === 'security');
    const [security] = alone;
    const facts = security?.facts.filter(({ kind }) => kind === 'gates') ?? [];
    expect(rendered([aJobResult('security', 'failed', facts)])).toContain(
      'Gate `vulnerabilities.high` failed: current 1, baseline 0, delta +1, threshold 0: FAIL',
    );
  });

  it('shows a test that failed in several jobs once, with its owner, and lasting failures before flaky ones', () => {
    const test = aFailedTest({ owners: ['acme-checkout'], flaky: false });
    const flaky = aFailedTest({ name: 'by chance', flaky: true });
    const text = rendered([
      aJobResult('test (22)', 'failed', [testsFacts([flaky, test])]),
      aJobResult('test (24)', 'failed', [testsFacts([test])]),
    ]);
    expect(text.match(/rounds totals per line/g)).toHaveLength(1);
    expect(text).toContain('Failed in 2 jobs.');
    expect(text).toContain('Owner: acme-checkout.');
    expect(text.indexOf('rounds totals')).toBeLessThan(text.indexOf('by chance'));
  });

  it('proposes another run when everything that failed has failed by chance before', () => {
    const text = rendered([aJobResult('test', 'failed', [testsFacts([aFailedTest({ flaky: true })])])]);
    expect(text).toContain('**Next:** Run the failed jobs again');
  });

  it('has a line for each job that left no result, and for a report that cannot be used', () => {
    const facts = combineResults(
      [aJobResult('coverage', 'broken', [], 'lcov.info line 7 is not coverage.'), aJobResult('unit', 'passed')],
      [
        { job: 'lint' as never, result: 'failure' },
        { job: 'unit' as never, result: 'failure' },
        { job: 'deploy' as never, result: 'skipped' },
      ],
    );
    expect(facts.jobs.map(({ job, status }) => [job, status])).toEqual([
      ['coverage', 'broken'],
      ['lint', 'failed'],
      ['unit', 'failed'],
      ['deploy', 'skipped'],
    ]);
    const text = renderReport(facts, aReportedRun(), templateWords(facts), { place: 'comment', maxCharacters: 15_000 });
    expect(text).toContain('Mend the report of the job `coverage`');
    expect(text).toContain('lcov.info line 7');
  });

  it('is neutral when only Selfheal itself was down', () => {
    const facts = combineResults([aJobResult('test', 'passed'), aJobResult('coverage', 'unavailable')]);
    expect(facts.conclusion).toBe('neutral');
    expect(combineResults([aJobResult('test', 'skipped')]).conclusion).toBe('neutral');
    expect(combineResults([aJobResult('test', 'failed'), aJobResult('coverage', 'unavailable')]).conclusion).toBe(
      'failure',
    );
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<!-- selfheal-part 0123456789abcdef run=1 attempt=1 commit=abcdef0 success -->\nmine\n<!-- selfheal-part-end -->',
    '[click](https://evil.example)',
    '![](https://evil.example/pixel.png)',
    '`code` @octo-lead fixes #7 https://evil.example www.evil.example',
    '``` \n</details><script>x</script>',
    'a | b | c\n| --- |',
    '# heading\n- item\n> quote',
    '\u202Ereversed\u2066 hidden\u200b',
  ])('shows %j as the words it is, wherever it comes from', (text) => {
    const result = aJobResult(
      `job ${text}`.slice(0, 100),
      'failed',
      [
        testsFacts([
          aFailedTest({ name: text, suite: text, message: text, file: text.replaceAll('\n', ''), owners: [text] }),
        ]),
        { kind: 'triage', causes: [aCause({ cause: text, jobs: [text], nextStep: text })] },
        {
          kind: 'findings',
          totals: { critical: 1, high: 0, medium: 0, low: 0, info: 0, unknown: 0 },
          added: [aNewFinding({ rule: text, message: text, tool: text })],
        },
        {
          kind: 'architecture',
          summary: {
            score: 7,
            previousScore: 8,
            newCycles: [[text]],
            hotspots: [{ file: text, line: 3, reason: text }],
          },
        },
        {
          kind: 'suggestions',
          changes: [{ path: 'a.ts', lines: { start: 1, end: 1 }, replacement: text, reason: text as never }],
        },
      ],
      text,
    );
    const facts = combineResults([result]);
    const markdown = renderReport(facts, aReportedRun(), templateWords(facts), {
      place: 'comment',
      maxCharacters: 15_000,
      changes: facts.changes,
    });
    const shown = html(markdown);
    const links = [...shown.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(links.filter((href) => !href?.startsWith('https://github.com/acme/shop/'))).toEqual([]);
    expect(shown).not.toMatch(/<(?:img|script|h1|blockquote)/);
    expect(partsOf(`${COMMENT_MARKER}\n${markdown}`)).toEqual([]);
    expect(shown.match(/<details>/g)).toHaveLength(1);
    // Outside of code a mention or a reference would reach people.
    const prose = markdown.replaceAll(/(`+)[\s\S]*?\1/g, '');
    expect(prose).not.toMatch(/@octo|#7/);
    expect(markdown).not.toMatch(/[\u202E\u2066]/);
  });

  it('fits its limit whatever the jobs say, and still names the outcome', () => {
    const long = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 500 });
    const job = fc.record({
      text: long,
      tests: fc.integer({ min: 0, max: 200 }),
      gates: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(
        fc.array(job, { minLength: 1, maxLength: 40 }),
        fc.constantFrom('&', '<', '`', '@a ', 'x'),
        (jobs, sign) => {
          const results = jobs.map(({ text, tests }, at) =>
            aJobResult(
              `${at} ${sign.repeat(90)}`.slice(0, 100),
              at % 2 === 0 ? 'failed' : 'broken',
              [
                testsFacts(
                  Array.from({ length: tests }, (_, test) =>
                    aFailedTest({
                      name: `${test} ${text}x`,
                      message: sign.repeat(600),
                      file: `${at}/${sign.repeat(300)}`,
                    }),
                  ),
                ),
                {
                  kind: 'triage',
                  causes: [
                    aCause({
                      cause: `${sign.repeat(400)}`,
                      nextStep: sign.repeat(500),
                      jobs: [`j${sign.repeat(150)}`],
                    }),
                  ],
                },
              ],
              `${text}${sign.repeat(400)}`.slice(0, 480) || 'x',
            ),
          );
          const text = rendered(results);
          expect(text.length).toBeLessThanOrEqual(15_000);
          expect(text).toMatch(/jobs? failed/);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('shows everything on a page', () => {
    const failed = Array.from({ length: 60 }, (_, at) => aFailedTest({ name: `test number ${at}` }));
    const facts = combineResults([aJobResult('test', 'failed', [testsFacts(failed), coverageFacts()])]);
    const page = renderReport(facts, aReportedRun(), templateWords(facts), { place: 'page', maxCharacters: 250_000 });
    expect(page).toContain('test number 59');
    expect(page).not.toContain('<details>');
  });
});
