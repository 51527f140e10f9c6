import { textMessageOf } from '#shared/plugins/notifiers/sms/text-message.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { broken } from './described.ts';

/** The alphabet whose characters take one septet each, and those that take two (3GPP TS 23.038, 6.2.1 and 6.2.1.1). */
const BASIC = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]$/;
const EXTENDED = /^[\f^{}\\[~\]|€]$/;
const MAX = { septets: 160, ucs2: 70 } as const;

/** How long one message with this text is, and how long it may be: in septets, or in units of UCS-2 where a character is in neither alphabet. */
export function lengthOf(text: string): { readonly units: number; readonly most: number } {
  const signs = [...text];
  if (!signs.every((sign) => BASIC.test(sign) || EXTENDED.test(sign))) return { units: text.length, most: MAX.ucs2 };
  return { units: signs.reduce((sum, sign) => sum + (EXTENDED.test(sign) ? 2 : 1), 0), most: MAX.septets };
}

/** What is wrong with the text message of an announcement; nothing where nobody gets one. */
export function textMessageFaults(announcement: Announcement): string[] {
  const text = textMessageOf(announcement);
  if (text === null) return [];
  const { units, most } = lengthOf(text);
  const story = 'story' in announcement ? announcement.story : null;
  return broken({
    'one message': units <= most,
    'one line': !/[\n\r]/.test(text),
    'begins with who speaks': text.startsWith('Selfheal'),
    'no address that a phone makes a link of': !/:\/\/|[a-z]\.[a-z]|\w@\w/i.test(text),
    'says what': /^Selfheal[^:]*: *[^\s.]/.test(text),
    'says where': story === null || text.includes(whereOf(story)),
    'names the incident': story === null || text.endsWith(story.incident.id.slice(0, 11)),
  });
}

function whereOf({ incident: { target } }: Extract<Announcement, { story: unknown }>['story']): string {
  if (target.kind === 'run') return target.repository;
  return target.kind === 'alarm' ? `${target.region}, account ${target.account}` : '';
}
