import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { describe, expect, it } from 'vitest';
import { PLOTS } from './plots.ts';
import { type RenderedStory, renderStory, SIGNATURES } from './render-story.ts';

const rendered = PLOTS.map(renderStory);

/** Sentences that cannot both be true of one failure. */
const CONTRADICTIONS: readonly (readonly [one: RegExp, other: RegExp])[] = [
  [
    /A re-run would not help/,
    /\b(?:run|start) (?:it|them|the (?:failed )?jobs?) again\b|\bre-?run(?:s|ning)? (?:it|them|the)\b/i,
  ],
  [/A re-run would not help/, /Only the message suggests that a re-run may pass/],
  [/A re-run would not help/, /the code is probably not the cause|The network or the registry failed, not the code/],
  [/the code is probably not the cause/, /will fail again/],
  [/changed nothing/, /\b(?:Re-ran|Pointed|Raised|Verified)\b/],
  [/The cause is not known/, /certainty of the/i],
  [/The cause is not known/, /(?:Found by the built-in rules|Known from earlier incidents)/],
  [/passes on the default branch/, /fails on the default branch/],
  [/No log could be read/, /^\s*\d+ \| /m],
  [/printed no error/i, /\berror\b/i],
  [/(?:Recovered|Passed on attempt \d+)\./, /A person has to look|was not enough|Failed again/],
  [/there is nothing to do/, /a person has to fix it/],
  [/It looks most like/, /certainty of the/i],
];
/** Words by which a text says where on a page something stands: comment and mail have orders of their own. */
const PLACES =
  /\b(?:lines?|quotes?|stack|trace|message|log|errors?|sections?) (?:below|above)\b|\b(?:below|above) (?:it|this|names?)\b/i;
/** What a service does not have. */
const OF_RUNS =
  /\bA re-run\b|\brun (?:it|the (?:failed )?jobs?) again\b|\bthe jobs?\b|\brunners?\b|\bpull request\b|\bthe test `|\btests? failed\b|test failure|lint violation|flaky tests/i;

/** What code says of the story: the quoted evidence left out. */
function said({ comment, mail }: RenderedStory): { comment: string; mail: string } {
  return {
    comment: comment
      .replaceAll('\u200b', '')
      .replace(/```text\n[\s\S]*?```/g, '')
      .replace(/<!--[^>]*-->|<sub>[\s\S]*$/g, ''),
    mail: mail.replace(/\nEvidence \(quoted from logs[\s\S]*?\n\n/, '\n').replace(/\n {0,4}(?=[^\s-])/g, ' '),
  };
}

const plain = (text: string): string =>
  text
    .replaceAll('\u200b', '')
    .replace(/\\([^\w\s])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('`', '').replaceAll("'", '');

/** Everything that is known: the evidence as it was read, the incident's typed facts, the figures code counts, and the words of the advice. */
function known({ evidence, story, classification, diagnosis }: RenderedStory): string {
  const advice =
    classification.signature === null ? undefined : SIGNATURES.byId.get(classification.signature)?.signature.advice;
  const count = classification.failures?.count ?? 0;
  const counts = Array.from({ length: 24 }, (_, at) => at).filter(
    (one) => one <= Math.max(count, evidence.sources.length, 10),
  );
  const shares = [diagnosis.confidence, ...classification.alternatives.map((one) => one.confidence)].map(percentOf);
  return squeezed(
    [
      ...evidence.sources.flatMap(({ name, url, lines }) => [name, url ?? '', ...lines.map(({ text }) => text)]),
      ...(evidence.failedTests ?? []).map(({ name }) => name),
      JSON.stringify(story.incident),
      JSON.stringify(story.actions),
      JSON.stringify(classification.history ?? {}),
      JSON.stringify(diagnosis.chain ?? {}),
      advice === undefined ? '' : Object.values(advice).join(' '),
      [...counts, ...shares].join(' '),
      // Other signatures of the same class are named beside the first.
      ...SIGNATURES.all
        .filter(({ signature }) => signature.class === classification.class)
        .map(({ signature }) => signature.advice.summary ?? ''),
    ].join('\n'),
  );
}

/** Numbers, and the names that code sets as code, of what is said. */
function claimsOf(text: string): { numbers: string[]; names: string[] } {
  const withoutTimes = plain(text).replace(/\b\d\d:\d\d(?::\d\d)? UTC\b|\b\d{1,2} [A-Z][a-z]{2} \d{4}\b/g, '');
  return {
    numbers: (squeezed(withoutTimes).match(/(?<![\w.-])\d+(?:\.\d+)*(?![\w-])/g) ?? []).map(String),
    names: [...withoutTimes.matchAll(/`([^`\n]*)`/g)]
      .flatMap(([, name = '']) => name.split(' ... '))
      .filter((name) => name.trim().length > 1),
  };
}

const FAMILY_ADVICE = /^(?:node --test|go test|cargo test|pytest|npm |git |tsc|nginx|psql|pg_|SHOW|dig |max-old)/;

describe('sixty whole stories', () => {
  it('are sixty, each of a title of its own', () => {
    expect(new Set(PLOTS.map(({ title }) => title)).size).toBe(60);
  });

  it.each(rendered.map((one) => [one.title, one] as const))('no two sentences contradict: %s', (_title, one) => {
    for (const text of Object.values(said(one)).map((part) => plain(part).replace(/\s*\n(?=[a-z(`])/g, ' '))) {
      for (const [first, second] of CONTRADICTIONS) {
        expect([first.test(text), second.test(text)], `${first} beside ${second} in\n${text}`).not.toEqual([
          true,
          true,
        ]);
      }
      expect(text).not.toMatch(PLACES);
    }
  });

  it.each(rendered.map((one) => [one.title, one] as const))('every number and name is known: %s', (_title, one) => {
    const facts = known(one);
    for (const text of Object.values(said(one))) {
      const { numbers, names } = claimsOf(text);
      expect(numbers.filter((number) => !facts.includes(number))).toEqual([]);
      const unknown = names.filter((name) => !facts.includes(squeezed(name.trim())) && !FAMILY_ADVICE.test(name));
      expect(unknown).toEqual([]);
    }
  });

  it.each(
    rendered.filter(({ story }) => story.incident.target.kind === 'alarm').map((one) => [one.title, one] as const),
  )('a service is not spoken of as a job: %s', (_title, one) => {
    const { mail } = said(one);
    expect(
      mail
        .replace(/\s+/g, ' ')
        .split(/(?<=[.:]) /)
        .filter((sentence) => OF_RUNS.test(sentence) && !/^Prevention/.test(sentence)),
    ).toEqual([]);
  });

  const decided = rendered.filter(({ classification }) => classification.class !== 'unknown');
  const letters = (text: string): string => squeezed(plain(text)).replace(/\d+/g, '#');

  it.each(decided.map((one) => [one.title, one] as const))('what decided is quoted, and whole: %s', (_title, one) => {
    const { story, comment, mail, evidence, classification } = one;
    const text = letters(story.incident.target.kind === 'alarm' ? mail : comment);
    const cited = new Set(classification.evidence);
    const lines = evidence.sources.flatMap((source) => source.lines.filter(({ ref }) => cited.has(ref)));
    const quoted = lines.filter(({ text: line }) => text.includes(letters(line.trim())));
    expect(quoted.length, lines.map((line) => line.text).join('\n')).toBeGreaterThan(0);
  });

  it.each(decided.map((one) => [one.title, one] as const))(
    'no answer is less sure than one beside it: %s',
    (_title, one) => {
      const { confidence, alternatives } = one.classification;
      expect(Math.max(0, ...alternatives.map((other) => other.confidence))).toBeLessThanOrEqual(confidence);
    },
  );

  it.each(rendered.map((one) => [one.title, one] as const))('a line is counted in one place: %s', (_title, one) => {
    const { comment, mail } = said(one);
    for (const text of [comment, mail]) expect(text).not.toMatch(/\(\d+ times\)/);
  });

  const several = rendered.filter(({ classification }) => classification.failures !== undefined);

  it.each(several.map((one) => [one.title, one] as const))(
    'several failures are each listed, and a repeat fits them: %s',
    (_title, one) => {
      const { classification, comment, mail } = one;
      const list = classification.failures?.list ?? [];
      for (const { name } of list)
        expect([plain(comment).includes(plain(name)), mail.replace(/\s+/g, ' ').includes(name)]).toEqual([true, true]);
      const repeats = classification.verdict === 'flaky' || classification.verdict === 'infrastructure';
      if (repeats) expect(list.filter(({ chance }) => chance !== 'may-pass')).toEqual([]);
      expect(list.length).toBeGreaterThan(1);
    },
  );
});
