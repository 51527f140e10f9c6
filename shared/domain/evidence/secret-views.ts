import type { Placeholders } from './secret-placeholders.ts';

/** A text as it reads once something is taken out of it or decoded; `starts[i]` is where its character `i` begins in the original. */
interface View {
  readonly text: string;
  /** One entry more than characters: the original's length. */
  readonly starts: readonly number[];
}

const ESC = String.fromCharCode(0x1b);
const SEQUENCE = new RegExp(`${ESC}\\[[0-9;:?]{0,40}[ -/]{0,3}[@-~]`, 'g');
/** Printable ASCII but the percent sign itself. */
const ENCODED = /%(?:2[0-46-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e]|25)/g;

/** The original with every match replaced by what `read` makes of it. */
function viewOf(original: string, pattern: RegExp, read: (match: string) => string): View {
  const starts: number[] = [];
  let text = '';
  let from = 0;
  const keep = (until: number): void => {
    text += original.slice(from, until);
    for (let at = from; at < until; at++) starts.push(at);
  };
  for (const match of original.matchAll(pattern)) {
    keep(match.index);
    const put = read(match[0]);
    text += put;
    if (put !== '') starts.push(match.index);
    from = match.index + match[0].length;
  }
  keep(original.length);
  starts.push(original.length);
  return { text, starts };
}

/** Replaces in the original what redaction finds in the view of it. */
function redactThrough(
  original: string,
  view: View,
  placeholders: Placeholders,
  redact: (text: string, placeholders: Placeholders) => string,
): string {
  const found = new Map<string, string>();
  redact(view.text, {
    of(kind, secret) {
      const placeholder = placeholders.of(kind, secret);
      found.set(secret, placeholder);
      return placeholder;
    },
  });
  return edited(original, claimed(original, view, found));
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly placeholder: string;
}

/** Where the secrets stand in the original, first to last; of two that overlap the longer one counts. */
function claimed(original: string, { text, starts }: View, found: ReadonlyMap<string, string>): Edit[] {
  const edits: Edit[] = [];
  const longestFirst = [...found].sort(([a], [b]) => b.length - a.length);
  for (const [secret, placeholder] of longestFirst) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) {
      const start = starts[at] ?? 0;
      const last = starts[at + secret.length - 1] ?? original.length;
      const next = starts[at + secret.length] ?? original.length;
      // What was taken out right behind the secret stays; an encoded last character goes with it.
      const end = original.charAt(last) === '%' && next - last === 3 ? next : last + 1;
      if (!edits.some((edit) => start < edit.end && edit.start < end)) edits.push({ start, end, placeholder });
    }
  }
  return edits.sort((a, b) => a.start - b.start);
}

function edited(original: string, edits: readonly Edit[]): string {
  let from = 0;
  const parts = edits.map(({ start, end, placeholder }) => {
    const part = original.slice(from, start) + placeholder;
    from = end;
    return part;
  });
  return parts.join('') + original.slice(from);
}

type Redact = (text: string, placeholders: Placeholders) => string;

/** Redacts what colours and cursor moves stand in the middle of. */
export function redactAcrossEscapes(text: string, placeholders: Placeholders, redact: Redact): string {
  if (!text.includes(`${ESC}[`)) return text;
  return redactThrough(
    text,
    viewOf(text, SEQUENCE, () => ''),
    placeholders,
    redact,
  );
}

/** Redacts what is URL-encoded once. */
export function redactUrlEncoded(text: string, placeholders: Placeholders, redact: Redact): string {
  if (!text.includes('%') || text.search(ENCODED) < 0) return text;
  const decoded = viewOf(text, ENCODED, (match) => String.fromCharCode(Number.parseInt(match.slice(1), 16)));
  return redactThrough(text, decoded, placeholders, redact);
}
