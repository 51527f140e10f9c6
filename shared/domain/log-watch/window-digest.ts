import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { scanLine } from '@selfheal/log-reading/templates/line-scan.ts';
import * as z from 'zod';
import type { LogEntry } from './log-entry.ts';
import { MAX_ATTRIBUTE_LENGTH, MAX_ATTRIBUTE_NAME } from './wire/line-attributes.ts';

/** Length of a window. */
export const WINDOW_MS = 5 * 60_000;
/** Forms of messages counted apart in one digest; the lines of others are still counted by level. */
const MAX_FORMS = 400;
const MAX_SAMPLES = 3;
const MAX_SAMPLE_LENGTH = 500;
/** Last lines of a digest, for who watches the log as it is written. */
const MAX_TAIL = 20;

export const windowOf = (at: number): number => at - (at % WINDOW_MS);

/** Lines that are equal but for their values. */
const FormCount = z.strictObject({
  level: Severity,
  count: z.number().int().positive(),
  /** The first lines of it, redacted. */
  samples: z
    .array(recordText({ max: MAX_SAMPLE_LENGTH }))
    .min(1)
    .max(MAX_SAMPLES),
});

/** A line as it is shown, redacted. */
const TailLine = z.strictObject({
  /** Milliseconds since 1970. */
  at: z.number(),
  level: Severity,
  text: recordText({ max: MAX_SAMPLE_LENGTH }),
  attributes: z.record(z.string().max(MAX_ATTRIBUTE_NAME), recordText({ max: MAX_ATTRIBUTE_LENGTH })).optional(),
});
type TailLine = z.infer<typeof TailLine>;

const Count = z.number().int().nonnegative();

/**
 * What one batch of lines says about one service and one window. Digests of the same window add up, in any order; `id` is equal for repeats of
 * one batch, so that each counts once.
 */
export const WindowDigest = z.strictObject({
  version: z.literal(1),
  service: z.string().min(1).max(100),
  /** Start of the window, milliseconds since 1970. */
  window: z.number().int().nonnegative().multipleOf(WINDOW_MS),
  id: z.string().min(1).max(100),
  lines: Count,
  levels: z.strictObject({ critical: Count, error: Count, warning: Count, info: Count, debug: Count }),
  /** Answered HTTP requests, and those of them with a status of 500 or more. */
  requests: Count,
  failures: Count,
  forms: z.array(FormCount).max(MAX_FORMS),
  /** The last lines, in the order in which they were sent. */
  tail: z.array(TailLine).max(MAX_TAIL).default([]),
});
export type WindowDigest = z.infer<typeof WindowDigest>;

function shownLine({ at, level, text, attributes }: OpenDigest['tail'][number]): TailLine {
  const said = attributes?.() ?? {};
  const line = { at, level, text: text.slice(0, MAX_SAMPLE_LENGTH) };
  return Object.keys(said).length === 0 ? line : { ...line, attributes: said };
}

interface OpenDigest {
  readonly digest: Omit<WindowDigest, 'id' | 'forms' | 'tail'>;
  /** The last lines are the last `MAX_TAIL` of it. */
  tail: Pick<LogEntry, 'at' | 'level' | 'text' | 'attributes'>[];
  readonly forms: Map<string, { level: Severity; count: number; samples: RedactedText[] }>;
}

/** Counts entries by service and window. Memory is bounded by the number of both and `MAX_FORMS`. */
export interface Digester {
  add(entry: LogEntry): void;
  /** The digests so far under the batch's id, by service and window; starts anew. */
  take(batchId: string): WindowDigest[];
}

export function makeDigester(): Digester {
  const open = new Map<string, OpenDigest>();
  return {
    add({ service, at, level, text, status, attributes }) {
      const window = windowOf(at);
      const key = `${window} ${service}`;
      let one = open.get(key);
      if (one === undefined) {
        const levels = { critical: 0, error: 0, warning: 0, info: 0, debug: 0 };
        one = {
          digest: { version: 1, service, window, lines: 0, levels, requests: 0, failures: 0 },
          tail: [],
          forms: new Map(),
        };
        open.set(key, one);
      }
      const { digest, forms } = one;
      const isFailure = status !== null && status >= 500;
      digest.lines += 1;
      digest.levels[level] += 1;
      if (status !== null) digest.requests += 1;
      if (isFailure) digest.failures += 1;
      const { low, high } = scanLine(text, 0, Math.min(text.length, MAX_SAMPLE_LENGTH));
      if (one.tail.length === 2 * MAX_TAIL) one.tail = one.tail.slice(MAX_TAIL);
      one.tail.push({ at, level, text, ...(attributes === undefined ? {} : { attributes }) });
      const form = `${low} ${high} ${level}`;
      const known = forms.get(form);
      if (known === undefined) {
        if (forms.size < MAX_FORMS) forms.set(form, { level, count: 1, samples: [text.slice(0, MAX_SAMPLE_LENGTH)] });
        return;
      }
      known.count += 1;
      if (known.samples.length < MAX_SAMPLES) known.samples.push(text.slice(0, MAX_SAMPLE_LENGTH));
    },
    take(batchId) {
      const taken = [...open.values()].map(({ digest, forms, tail }) => ({
        ...digest,
        id: batchId,
        forms: [...forms.values()],
        tail: tail.slice(-MAX_TAIL).map(shownLine),
      }));
      open.clear();
      return taken;
    },
  };
}
