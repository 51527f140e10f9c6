import type { Tone } from '../../ui/words.ts';

/** How loudly a risk is shown. */
export const RISKS: Readonly<Record<string, Tone>> = { low: 'good', medium: 'warn', high: 'bad' };
