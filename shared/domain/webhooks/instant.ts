/** Years that a sender's clock can mean; anything else is a number of another unit. */
const [MIN_YEAR, MAX_YEAR] = [2000, 2200];

/**
 * The instant that a sender writes as ISO 8601, or as seconds, milliseconds, microseconds or nanoseconds since 1970, as a number or in digits;
 * null for anything else.
 */
export function instantOf(value: string | number | null | undefined): Date | null {
  if (value === null || value === undefined || value === '') return null;
  const text = String(value).trim();
  const candidates = /^\d{1,19}(?:\.\d{1,9})?$/.test(text)
    ? [1e3, 1, 1e-3, 1e-6].map((factor) => new Date(Number(text) * factor))
    : /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)
      ? [new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`)]
      : [];
  return candidates.find((one) => one.getUTCFullYear() >= MIN_YEAR && one.getUTCFullYear() < MAX_YEAR) ?? null;
}
