import type { PullRequestFacts } from './pull-request-facts.ts';
import { factLines } from './report-words.ts';

/** Words that count, measure or date. They are allowed only where the facts use them, because code cannot check whether they are true. */
const COUNTING = wordsIn(`
  zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty
  forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half third quarter fifth tenth second seconds fourth sixth seventh
  eighth ninth once twice thrice double triple couple pair single both neither all every everything everyone none nothing nobody most majority
  minority many few several each always never entire entirely whole
  january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
  today yesterday tomorrow minute hour day week month year ago percent percentage`);

/** Plain words of prose about a pull request. A word that is neither here nor in the facts may be an invented name. */
const PLAIN = wordsIn(`
  a about above according across add added adding address after again against also although always an and another any apply are around as at avoid
  away back based be because been before begin behave behaviour behavior being below better between block blocked blocking branch break breaking
  broke broken build but by call called can cannot cause caused change changed changing check checked checking clear code commit compare compared
  complete condition confirm consider continue correct cover coverage covered current currently decrease decreased default depend dependency did
  differ different do does done drop dropped due during either error exercise expect expected explain explained fail failed failing failure fall
  file find finding first fix fixed flaky following for found from gate get give given go green had happen happened has have having healthy help
  here high how however if important improve in include including increase increased indicate instead into introduce introduced investigate is
  issue it its itself job just keep known last later least leave left less let level like likely limit line list log look low made mainly make
  matter means medium merge merged message met might missing more must name near need needed new newly next no not note now of off on only open
  or order other otherwise out outside over own owner part pass passed passing path pending place please point possible problem project pull push
  quality quarantine quarantined raise rather re read ready real reason recent red reduce regress regression relate related remain remaining
  remove repair repeat replace report reported request require required rerun resolve result return review revert right rise risk root run
  running safe same scan see seem severe severity should show shown since skip skipped small so some source stay step still stop such summary
  sure take test tested testing tests than that the their them then there these they thing this those threshold through to together too toward
  try under unchanged uncovered unless unrelated until up update updated upgrade use used using value verify version very vulnerability
  vulnerabilities was way we well were what when where whether which while why will with within without work workflow worse worst would write
  wrong yet you your baseline architecture circle cycle import imports package rule tool security lint style type selection selected sample
  critical healthy chance reproduce locally input output`);

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

const NUMBER = /\d+(?:[.,]\d+)*/g;
const PERCENT = /(\d+(?:[.,]\d+)*)\s*(?:%|percent\b|per cent\b)/g;
const SIGNED = /(?:^|[\s(])([+\u2212\u00b1-])\s?(\d+(?:[.,]\d+)*)/g;
/** Anything that would become a link, a mention, a reference, an image or markup. */
const MARKUP = /https?:|www\.|[<>[\]|*#@~^\\{}$&]|!\[|__/i;
/** A word with signs inside, as paths, functions, rules and versions have. */
const IDENTIFIER = /[^\s`]*(?:[\p{L}\p{N}][/._:]+[\p{L}\p{N}]|\p{Ll}\p{Lu}|\p{L}\d|\d\p{L}|\(\))[^\s`]*/gu;

/** Pieces of a text about a pull request that its facts do not support. Empty when the text may be shown. */
export const unsupportedClaims = (text: string, facts: PullRequestFacts): string[] => [
  ...unsupportedBy(text, factLines(facts)),
  ...contradictions(text, facts),
];

/**
 * Pieces of a text that lines of facts, written by code, do not support: numbers, percentages, signs, counted or dated words, names of files and
 * tests, and words that may be such a name. Checks that everything named exists, not that each sentence is true.
 */
export function unsupportedBy(text: string, facts: readonly string[]): string[] {
  if (/[^\P{N}0-9]/u.test(text)) return ['digits of another script'];
  if (/[\p{Cc}\p{Cf}\p{Co}]/u.test(text.replaceAll('\n', ' '))) return ['invisible characters'];
  const [prose, names] = withoutCode(text);
  const markup = MARKUP.exec(prose);
  if (markup !== null) return [markup[0]];
  const ground = facts.join('\n');
  const spans = new Set(withoutCode(ground)[1]);
  // A part of a test's name would be another test.
  const unknownNames = names.filter((name) => !spans.has(name) && (/\s/.test(name) || !occurs(ground, name)));
  const identifiers = (prose.match(IDENTIFIER) ?? []).map(trimmed).filter((one) => !isNumber(one));
  const unknownIdentifiers = identifiers.filter((one) => !occurs(ground, one));
  const rest = identifiers.reduce((left, one) => left.replaceAll(one, ' '), prose);
  return [
    ...unknownNames,
    ...unknownIdentifiers,
    ...unknownNumbers(rest, withoutCode(ground)[0]),
    ...unknownWords(rest, ground),
  ];
}

const trimmed = (token: string): string => token.replace(/^[("']+|[)"'.,;:!?]+$/g, '');
const isNumber = (token: string): boolean => /^[+\u2212-]?\d+(?:[.,]\d+)*%?$/.test(token);

/** The text without its code spans, and what these contain. */
function withoutCode(text: string): [string, string[]] {
  const names: string[] = [];
  const prose = text.replace(/`([^`]*)`/g, (_, name: string) => {
    names.push(name.trim());
    return ' ';
  });
  return [prose, names];
}

/** Whether the facts contain exactly this, not as a part of a longer name. */
function occurs(ground: string, name: string): boolean {
  if (name === '') return false;
  for (let at = ground.indexOf(name); at >= 0; at = ground.indexOf(name, at + 1)) {
    const [before, after] = [ground[at - 1] ?? ' ', ground[at + name.length] ?? ' '];
    const starts = !/[\p{L}\p{N}_/.-]/u.test(before) || !/^[\p{L}\p{N}_]/u.test(name);
    const ends =
      !/[\p{L}\p{N}_/-]/u.test(after) && !/^\.[\p{L}\p{N}]/u.test(ground.slice(at + name.length, at + name.length + 2));
    if (starts && ends) return true;
  }
  return false;
}

const plainNumber = (number: string): string =>
  /^\d{1,3}(?:,\d{3})+$/.test(number) ? number.replaceAll(',', '') : number;

function unknownNumbers(text: string, ground: string): string[] {
  const all = (of: string) => new Set((of.match(NUMBER) ?? []).map(plainNumber));
  const percents = (of: string) => new Set([...of.matchAll(PERCENT)].map(([, number = '']) => plainNumber(number)));
  const signs = (of: string) =>
    new Set(
      [...of.matchAll(SIGNED)].map(
        ([, sign = '', number = '']) => `${sign.replace('\u2212', '-')}${plainNumber(number)}`,
      ),
    );
  return [
    ...missing(all(text), all(ground)),
    ...missing(percents(text), percents(ground)).map((number) => `${number} %`),
    ...missing(signs(text), signs(ground)),
  ];
}

const missing = (claimed: ReadonlySet<string>, known: ReadonlySet<string>): string[] =>
  [...claimed].filter((one) => !known.has(one));

function unknownWords(text: string, ground: string): string[] {
  const used = new Set((ground.toLowerCase().match(/[\p{L}']+/gu) ?? []).map((word) => word.replaceAll("'", '')));
  const isKnown = (word: string): boolean =>
    used.has(word) || (!COUNTING.has(word) && formsOf(word).some((form) => PLAIN.has(form) && !COUNTING.has(form)));
  return (text.toLowerCase().match(/[\p{L}']+/gu) ?? [])
    .map((word) => word.replaceAll("'", ''))
    .filter((word) => word !== '' && !isKnown(word));
}

/** A word and what it may be an inflection of. */
function formsOf(word: string): string[] {
  const stems = ['s', 'es', 'ed', 'd', 'ing', 'ly'].flatMap((end) =>
    word.endsWith(end) ? [word.slice(0, -end.length)] : [],
  );
  return [word, ...stems, ...stems.map((stem) => `${stem}e`)];
}

const PASSES = /\b(?:pass|passes|passed|passing|succeeds?|succeeded|green|healthy|clean|fixed|resolved)\b/i;
const FAILS = /\b(?:fails?|failed|failing|failures?|broken?|breaks|red|regress\w*)\b/i;

/** Sentences about no name in particular that say the opposite of the conclusion. */
function contradictions(text: string, { conclusion }: PullRequestFacts): string[] {
  const wrong = conclusion === 'failure' ? PASSES : conclusion === 'success' ? FAILS : null;
  if (wrong === null) return [];
  return text
    .split(/(?<=[.!?])\s+|\n/)
    .filter((sentence) => !sentence.includes('`') && !(wrong === PASSES && FAILS.test(sentence)))
    .flatMap((sentence) => wrong.exec(sentence)?.slice(0, 1) ?? []);
}
