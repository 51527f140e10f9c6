/** Stands between Selfheal's words for why an alarm went off and those of CloudWatch. */
const SEPARATOR = ' CloudWatch: ';

/** Why an alarm went off: in words, then as CloudWatch says it. Tainted. */
export const alarmReason = (words: string, original: string): string => `${plainReason(words)}${SEPARATOR}${original}`;

/** A reason in CloudWatch's words alone; whoever may set an alarm's state words it. */
export const plainReason = (original: string): string => original.replaceAll(SEPARATOR, ' ');

/** The first sentence of the words, without its full stop; null where the reason is CloudWatch's alone, or of no alarm. Tainted. */
export function reasonHeadline(reason: string | null): string | null {
  const end = reason?.indexOf(SEPARATOR) ?? -1;
  if (reason === null || end === -1) return null;
  const words = reason.slice(0, end);
  const [first = words] = words.split(/\.(?= [A-Z])/);
  return first.replace(/\.$/, '');
}
