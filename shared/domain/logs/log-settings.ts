import * as z from 'zod';

/** How logs are read before anything is understood in them. Nothing is left out unless it is listed here. */
export const LogReading = z.strictObject({
  /** Lines whose own level says so are left out; those of warnings and errors never are. */
  skipLevels: z.array(z.enum(['debug', 'info'])).default([]),
  /** Lines in which one of these regular expressions matches are left out. They run on RE2: no look-around, no back-references. */
  skipLines: z.array(z.string().min(1).max(500)).max(20).default([]),
  /** Of a log with more than `longerThan` characters only the last `keepLast` are read; null reads every log whole. */
  cut: z
    .strictObject({
      longerThan: z.number().int().min(1000).max(20_000_000).default(10_000),
      keepLast: z.number().int().min(500).max(20_000_000).default(5000),
    })
    .refine(({ longerThan, keepLast }) => keepLast <= longerThan, { path: ['keepLast'], error: 'more than longerThan' })
    .nullable()
    .default(null),
});
export type LogReading = z.infer<typeof LogReading>;
