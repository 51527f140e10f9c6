import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { withoutNamedSecrets } from '@selfheal/redaction/named-json.ts';

interface Step {
  /** Members of a list, and fields of an object. */
  readonly members: number;
  readonly fields: number;
  /** Characters of a text. */
  readonly text: number;
  readonly depth: number;
}

/** How much of a body is kept, step by step less, until it fits. */
const LAST: Step = { members: 1, fields: 20, text: 60, depth: 6 };
const STEPS: readonly Step[] = [
  { members: 20, fields: 100, text: 600, depth: 12 },
  { members: 3, fields: 60, text: 300, depth: 10 },
  { members: 1, fields: 40, text: 120, depth: 8 },
  LAST,
];

/** Times the limit that is redacted: a sample may be shorter afterwards, and redaction of a whole delivery takes too long. */
const REDACTED = 2;

/**
 * A JSON body as a text of at most `limit` characters that still shows where everything is: without long texts, most members of lists, and what is
 * nested deep. It stays JSON unless redaction breaks it, or the last step is too long. `redact` is given each value beside its name.
 */
export function bodySample(body: unknown, limit: number, redact: (text: string) => RedactedText): RedactedText {
  const most = REDACTED * limit;
  for (const step of STEPS) {
    const short = shortened(body, step, 0);
    if (printed(short).length > most) continue;
    const text = printed(withoutNamedSecrets(short));
    if (text.length > most) continue;
    const sample = redact(text);
    if (sample.length <= limit) return sample;
  }
  const shortest = printed(withoutNamedSecrets(shortened(body, LAST, 0)));
  // Whole lines, each of one value.
  const lines = shortest.length <= most ? shortest : shortest.slice(0, shortest.lastIndexOf('\n', most) + 1);
  return redact(lines).slice(0, limit);
}

/** Each value stands on a line of its own, and what names it may stand on another: such secrets are taken out before. */
const printed = (body: unknown): string => JSON.stringify(body, null, 1);

/** Leaves out whole texts and members: half a secret would not be recognised as one. */
function shortened(value: unknown, step: Step, depth: number): unknown {
  if (typeof value === 'string') return shortText(value, step);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= step.depth) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, step.members).map((one) => shortened(one, step, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, step.fields)
      .map(([name, one]) => [shortText(name, step), shortened(one, step, depth + 1)]),
  );
}

const shortText = (text: string, step: Step): string =>
  text.length <= step.text ? text : `(${text.length} characters)`;
