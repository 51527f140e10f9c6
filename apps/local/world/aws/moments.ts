export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** ISO 8601. */
export const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
