import { join } from 'node:path';
import { matchSignatures } from '@selfheal/diagnosis/failure/matching.ts';
import { parseSignatures, type SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { type Evidence, REPORT_STATEMENT } from '@selfheal/log-reading/logs/evidence.ts';
import { literalsOfPattern } from '@selfheal/log-reading/logs/pattern-literals.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { shortestMatches } from '../../../builders/shortest-matches.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

function evidenceOf(text: string, where = 'line'): Evidence {
  // The line of a runner that names the step.
  const log = where === 'step' ? `The command "${text.replace('failing step: ', '')}" exited with 1.` : text;
  const lines = log.split('\n').map((line, at) => ({ ref: `L${at + 1}`, number: at + 1, text: line, score: 1 }));
  const source = {
    id: where === 'report' ? REPORT_STATEMENT : 'log',
    name: redactName('log', 10),
    url: null,
    totalLines: lines.length,
    lines,
  };
  return { version: 1, incidentId: '', gatheredAt: '', sources: [source], notes: [] } as unknown as Evidence;
}

/** The set with nothing that refines the signature: only whether its own pattern is reached is asked. */
function alone({ all }: SignatureSet, id: string): SignatureSet {
  const one = all.find(({ signature }) => signature.id === id);
  const { parent: _parent, ...signature } = one?.signature ?? {};
  return parseSignatures([{ name: 'one.yaml', content: { signatures: [signature] } }]).signatures;
}

describe('every branch of the built-in signatures', () => {
  it.each(signatures.all.map(({ signature: { id } }) => id))('%s is reached by its shortest match', (id) => {
    const set = alone(signatures, id);
    const [one] = set.all;
    if (one === undefined) throw new Error(`${id} does not load alone`);
    const { pattern, ignoreCase, where } = one.signature;
    const texts = shortestMatches(pattern, ignoreCase, (text) => one.regExp.test(text));
    expect(texts.filter((text) => text === null)).toEqual([]);
    const unreached = texts.filter((text) => matchSignatures(evidenceOf(text ?? '', where), set).length === 0);
    expect(unreached).toEqual([]);
  });

  it('are read as one line, or around words that are named', () => {
    const unread = signatures.all.filter(
      ({ signature, literals }) => signature.where === 'line' && literals.length === 0,
    );
    // Tried on every line: its branches have no three letters in common.
    expect(unread.map(({ signature }) => signature.id)).toEqual(['clippy-ruff-biome']);
  });
});

describe('literals of a pattern', () => {
  it.each([
    ['disk (?:is )?full', ['disk full', 'disk is full']],
    ['(?:lost|gone) connection', ['lost connection', 'gone connection']],
    ['agent .{0,40}went offline', ['went offline']],
    ['(?:out of memory|exit code 137)', ['out of memory', 'exit code 137']],
    ['[Tt]imed ?out', ['timedout', 'timed out']],
    ['killed(?: by (?<signal>SIG[A-Z]{3,4}))?', ['killed']],
    ['(?<n>\\d{1,3}) (?:failed|broken){1,2}', ['failed', 'broken']],
    ['错误：', ['错误：']],
    ['\\x22lost\\x22 \\u0041', ['"lost" a']],
  ])('%s needs one of %j', (pattern, literals) => {
    expect(literalsOfPattern(pattern)).toEqual(literals);
  });

  it.each([
    '\\d{3}',
    '(?:error|\\d{3})',
    'a?b?c?',
    '(?:ab|abc)',
    '(?=look)ahead',
    '(a)\\1bcd',
    '(?i)error',
    'x*',
    '[[:alpha:]]abcd',
  ])('cannot be read from %s', (pattern) => {
    expect(literalsOfPattern(pattern)).toBeNull();
  });

  it('occur in every text that the pattern matches', () => {
    const words = fc.constantFrom(
      'lost',
      'Agent',
      'no space',
      '[Kk]illed',
      'exit(?:ed)?',
      '\\d{1,3}',
      '\\s?',
      '.{0,3}',
      'full*',
      'é{2}',
      'x{0,2}',
    );
    const part = fc.letrec<{ part: string }>((tie) => ({
      part: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        words,
        fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
        fc.array(tie('part'), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join('|')})`),
        tie('part').map((one) => `(?<n${Math.abs(one.length)}>${one})?`.replace(/\?<n\d+>/, '?:')),
      ),
    })).part;
    const property = fc.property(
      part.chain((source) => fc.tuple(fc.constant(source), fc.stringMatching(new RegExp(source)))),
      ([source, text]) => {
        const literals = literalsOfPattern(source);
        return literals === null || literals.some((literal) => text.toLowerCase().includes(literal));
      },
    );
    expect(() => fc.assert(property, { numRuns: 150, seed: 7 })).not.toThrow();
  });
});

describe('a signature without literals', () => {
  const own = {
    id: 'own-one',
    title: 'Own',
    class: 'test_failure',
    verdict: 'regression',
    confidence: 0.5,
    pattern: '\\d{3} [A-Z]',
    examples: { matches: ['123 A', '456 B'], rejects: ['none', '12 A'] },
    advice: { rootCause: 'It is so.', fix: 'Mend it.', prevention: 'Test it.' },
  };
  const setOf = (signature: object): ReturnType<typeof parseSignatures> =>
    parseSignatures([{ name: 'own.yaml', content: { signatures: [signature] } }]);

  it('is tried on every line where none can be read from its pattern', () => {
    expect(matchSignatures(evidenceOf('it is 404 X'), setOf(own).signatures)).toHaveLength(1);
  });

  it('keeps the literals that its file names where none can be read from its pattern', () => {
    const { signatures: set } = setOf({ ...own, literals: ['code'] });
    expect(matchSignatures(evidenceOf('it is 404 X\ncode 404 X'), set).map(({ line }) => line.number)).toEqual([2]);
  });

  it('is matched by a branch that its named literals leave out', () => {
    const { signatures: set } = setOf({ ...own, pattern: '(?:agent lost|runner gone)', literals: ['agent'] });
    expect(matchSignatures(evidenceOf('the runner gone away'), set)).toHaveLength(1);
  });

  it('is refused by name when it is a block', () => {
    expect(setOf({ ...own, where: 'block' }).problems).toEqual([
      'own.yaml, signature own-one: literals: a block needs words of the line that it is read around',
    ]);
  });
});
