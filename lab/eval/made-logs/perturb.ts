import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { LabelledLog } from './make-log.ts';

const WILDCARD = '<*>';
const SYLLABLES = 'ba ce di fo gu hy ja ke li mo nu py ra se ti vo wu xa ze ar en il os ut'.split(' ');

/** Words that keep their meaning for every program: they are not a project's own. */
const COMMON = new Set(
  `the and for from with not was has are been this that into onto over user port size bytes time error failed failure connection
  host address file path null true false none info warn debug root sec seconds kb mb gb http https request response session closed open
  opened started stopped received sent server client blk task`.split(/\s+/),
);

type Reshape = (value: string, random: () => number) => string;

const hexOf = (value: string): string => {
  let hash = 7;
  for (let at = 0; at < value.length; at += 1) hash = (Math.imul(hash, 31) + value.charCodeAt(at)) >>> 0;
  return hash.toString(16);
};

/** Other ways to write a value. One is chosen for each place of a template, so that all its values look alike. */
const RESHAPES: readonly Reshape[] = [
  (value) => value,
  (value) => value,
  (value) => value,
  (value) => `0x${hexOf(value)}`,
  (value) => hexOf(value).padStart(8, 'a'),
  (value) => `"${value}"`,
  (value, random) => (random() < 0.15 ? 'null' : value),
  (value, random) => (random() < 0.1 ? '-' : value),
  (value, random) =>
    [value, ...Array.from({ length: Math.floor(random() * 3) }, (_, at) => `${value}${at}`)].join(', '),
  (value, random) => (/^\d+$/.test(value) ? `${value}${random() < 0.5 ? ' ms' : ' s'}` : value),
  (value) => `/srv/${hexOf(value)}/${value.replaceAll(/[^\w.]/g, '_')}`,
];

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The values of a message for the wildcards of its true template; null when it does not match. */
function valuesIn(message: string, truth: string): string[] | null {
  const pattern = truth
    .trim()
    .split(WILDCARD)
    .map((text) => escaped(text).replaceAll(/\s+/g, '\\s+'));
  return new RegExp(`^\\s*${pattern.join('(.*?)')}\\s*$`, 's').exec(message)?.slice(1) ?? null;
}

/** A log whose project words are renamed and whose values are written in other ways; the same events stay the same. */
export function perturbed(log: LabelledLog, seed: number): LabelledLog {
  const random = numbersFrom(seed);
  const names = new Map<string, string>();
  const made = (length: number): string => {
    let name = '';
    while (name.length < length) name += SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? '';
    return name;
  };
  const renamed = (text: string): string =>
    text.replaceAll(/[A-Za-z]{4,}/g, (word) => {
      const lower = word.toLowerCase();
      if (COMMON.has(lower)) return word;
      const name = names.get(lower) ?? made(word.length);
      names.set(lower, name);
      if (word === word.toUpperCase()) return name.toUpperCase();
      return word.charAt(0) === word.charAt(0).toUpperCase() ? name.charAt(0).toUpperCase() + name.slice(1) : name;
    });
  const reshapes = new Map<string, readonly Reshape[]>();
  const messages: string[] = [];
  const truths: string[] = [];
  for (const [at, message] of log.messages.entries()) {
    const truth = log.truths[at] ?? '';
    const values = valuesIn(message, truth);
    const texts = truth.split(WILDCARD).map(renamed);
    const own = reshapes.get(truth) ?? texts.map(() => RESHAPES[Math.floor(random() * RESHAPES.length)] as Reshape);
    reshapes.set(truth, own);
    truths.push(texts.join(WILDCARD));
    if (values === null) messages.push(renamed(message));
    else
      messages.push(
        texts
          .map((text, index) => (index === 0 ? '' : (own[index] as Reshape)(values[index - 1] ?? '', random)) + text)
          .join(''),
      );
  }
  return { name: log.name, messages, truths };
}
