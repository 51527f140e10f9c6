const RFC3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** What is wrong with any other text, as AWS words it. */
export const NO_TIMESTAMP = 'not a valid ISO-8601 extended offset date-time format string';

/** Epoch milliseconds of a time as the Amazon States Language takes it: RFC 3339, with a zone. Null for anything else. */
export function readTimestamp(text: string): number | null {
  const [, date] = RFC3339.exec(text) ?? [];
  if (date === undefined) return null;
  const at = Date.parse(text);
  // JavaScript takes the 30th of February for the 1st or 2nd of March.
  const isRealDay = new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  return Number.isNaN(at) || !isRealDay ? null : at;
}
