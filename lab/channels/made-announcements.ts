import { present } from '@selfheal/kernel/present.ts';
import * as fc from 'fast-check';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { hostileText } from './made-messages.ts';

/** Fields of announcements that hold what outsiders, models and people wrote, or begin with it. */
const TAINTED: ReadonlySet<string> = new Set([
  'title',
  'reason',
  'reasons',
  'outcomeReason',
  'cameBack',
  'summary',
  'rootCause',
  'fix',
  'prevention',
  'pattern',
  'headline',
  'outcome',
  'wording',
  'untold',
]);
/** Fields that hold one line of a log each. */
const LINE = 'text';

/** The announcement with the next text in each tainted field. */
function withTexts(value: unknown, next: () => string, field = ''): unknown {
  if (typeof value === 'string') {
    if (field === LINE) return next().replaceAll(/[\r\n]/g, ' ');
    return TAINTED.has(field) ? next() : value;
  }
  if (Array.isArray(value)) return value.map((one) => withTexts(one, next, field));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTexts(inner, next, name)]));
}

/** The announcement with these texts, in turn, as every word of outsiders. */
function saying(announcement: Announcement, texts: readonly string[]): Announcement {
  let at = 0;
  return withTexts(announcement, () => texts[at++ % texts.length] ?? '') as Announcement;
}

const text = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x', '<', '`', 'ü', '😀', '@a ', '. ', 'www.').map((piece) => piece.repeat(1500)),
  },
);

/** An announcement of any kind, with every text of outsiders hostile or very long. */
export const madeAnnouncement: fc.Arbitrary<Announcement> = fc
  .tuple(
    fc.constantFrom(...SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement)),
    fc.array(text, { minLength: 1, maxLength: 7 }),
    fc.option(fc.array(text, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 }),
  )
  .map(([announcement, texts, untold]) => saying({ ...announcement, ...present({ untold }) } as Announcement, texts));
