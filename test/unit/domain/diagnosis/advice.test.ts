import { join } from 'node:path';
import {
  asksForRollback,
  fillAdvice,
  fitAdvice,
  fitWords,
  withoutRollback,
} from '@selfheal/diagnosis/diagnosis/advice.ts';
import { describe, expect, it } from 'vitest';
import { loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const advice = signatures.all.map(({ signature }) => signature);

describe('filling an advice template', () => {
  it('keeps the spaces of commands and of what was captured', () => {
    expect(fillAdvice('Run `go test ./...` here[ for {name}].', {})).toBe('Run `go test ./...` here.');
    expect(fillAdvice('Run `docker build .` and `ls . ; pwd`[, {name}].', { name: 'a  , b' })).toBe(
      'Run `docker build .` and `ls . ; pwd`, a , b.',
    );
  });

  it.each([
    ['Look[ at {a}] here[ {b}], or[: {c}].', {}, 'Look here, or.'],
    ['a [{a}][{b}] c', { b: 'x' }, 'a x c'],
    ['one[ ({a})] two', {}, 'one two'],
    ['[{a} ]first', {}, 'first'],
    ['(and [{a}])', {}, '(and)'],
  ])('closes the gap that a missing capture leaves: %s', (template, captures, filled) => {
    expect(fillAdvice(template, captures)).toBe(filled);
  });

  it('leaves no gap in any shipped advice, with nothing captured', () => {
    const filled = advice.flatMap(({ advice: { summary = '', rootCause, fix, prevention } }) =>
      [summary, rootCause, fix, prevention].map((text) => fillAdvice(text, {})),
    );
    expect(filled.filter((text) => / {2}|\s$|^\s/.test(text) || / [,;:](?:\s|$)/.test(text))).toEqual([]);
  });
});

describe('advice that fits its setting', () => {
  const ASKS_AGAIN = /\b(?:run|start) (?:it|them|the (?:failed )?jobs?) again\b|\bre-?run\b/i;

  it('never asks to run again what lasts, nor a service', () => {
    const settings = [
      { about: 'run', chance: 'lasts' },
      { about: 'service', chance: 'may-pass' },
      { about: 'service', chance: 'unknown' },
    ] as const;
    const asking = settings.flatMap((setting) =>
      advice.map(({ advice: { fix } }) => fitAdvice(fix, setting)).filter((fix) => ASKS_AGAIN.test(fix)),
    );
    expect(asking).toEqual([]);
  });

  it('says the same in whole sentences', () => {
    const lasting = { about: 'run', chance: 'lasts' } as const;
    expect(fitAdvice('Run it again; if it persists, check the route to `a.b; c`.', lasting)).toBe(
      'Check the route to `a.b; c`.',
    );
    expect(fitAdvice('Run it again, and give the test an owner.', lasting)).toBe('Give the test an owner.');
    expect(fitAdvice('Renew the key; then run it again.', lasting)).toBe('Renew the key.');
    expect(fitAdvice('Run it again.', lasting)).toBe('');
    expect(fitAdvice('Check the URL (see the docs; twice); then mend it.', lasting)).toBe(
      'Check the URL (see the docs; twice); then mend it.',
    );
  });

  it('leaves advice alone where a repeat may help', () => {
    const passing = { about: 'run', chance: 'may-pass' } as const;
    for (const { advice: one } of advice) expect(fitAdvice(one.fix, passing)).toBe(one.fix);
  });

  it('speaks of a service where there is no job', () => {
    const service = { about: 'service', chance: 'unknown' } as const;
    const texts = advice.flatMap(({ advice: { rootCause, fix } }) => [
      fitWords(rootCause, service),
      fitAdvice(fix, service),
    ]);
    expect(
      texts.filter((text) => /\b(?:the|this) job\b|\brunners?\b|\bin CI wait\b|\bin tests?[: ]/i.test(text)),
    ).toEqual([]);
  });
});

it('no shipped text says where on a page something stands: comment and mail have orders of their own', async () => {
  const { entries: playbooks } = await loadPlaybooks(DATA);
  const texts = [
    ...advice.flatMap(({ advice: { rootCause, fix, prevention } }) => [rootCause, fix, prevention]),
    ...playbooks.flatMap(({ rootCause, resolution, prevention }) => [rootCause, resolution, prevention]),
  ];
  const placed =
    /\b(?:below|above)(?: (?:it|this line|its name|the counts?))?(?=[.;,]|$| names?\b)|\b(?:lines?|trace|stack|message|errors?|failure|volume) (?:below|above)\b/i;
  expect(texts.filter((text) => placed.test(text))).toEqual([]);
});

describe('advice after a rollback that did not help', () => {
  it('asks for none, in whatever words the shipped advice does, and stays a sentence', () => {
    const shipped = advice.map(({ advice: { fix } }) => fillAdvice(fix, {}));
    const asking = shipped.filter(asksForRollback);
    expect(asking.length).toBeGreaterThan(5);
    for (const text of asking) {
      const left = withoutRollback(text);
      expect(asksForRollback(left)).toBe(false);
      expect(left).toMatch(/^$|^(?:\d+\. )?[A-Z`].*[.!?`]$/);
    }
    expect(shipped.filter((text) => !asksForRollback(text) && withoutRollback(text) !== text)).toEqual([]);
  });

  it.each([
    [
      'Restore the previous version if this began with a deployment, or run the migration that the new code needs; then deploy again.',
      'Run the migration that the new code needs; then deploy again.',
    ],
    [
      "Raise the function's memory, or restore the previous version if the growth began with a deployment.",
      "Raise the function's memory.",
    ],
    [
      'Find what it waits for; restore the previous version if this began with a deployment.',
      'Find what it waits for.',
    ],
    [
      'Roll a Lambda alias back to its previous version. Go to the first line of your code.',
      'Go to the first line of your code.',
    ],
    ['Restore the previous version.', ''],
  ])('keeps the other way: %s', (before, after) => {
    expect(withoutRollback(before)).toBe(after);
  });
});
