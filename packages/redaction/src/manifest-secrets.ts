import { isPlaceholder } from './placeholder.ts';
import { isReference } from './secret-values.ts';

/** Replaces the values of Kubernetes Secrets, whose names say nothing: lines of manifests in YAML, or in JSON. */
export interface ManifestSecrets {
  /** Whether the next lines may belong to a Secret. */
  readonly open: boolean;
  /** The redacted line with the values of a Secret replaced, too. `original`: before its redaction. */
  line(redacted: string, original: string): string;
  reset(): void;
}

/** Lines of a manifest that are followed: behind its kind, and of its values. */
const MAX_MANIFEST = 100;
const MAX_VALUES = 300;
/** Shorter values are no secrets. */
const MIN_VALUE = 4;

const KIND = /(?:^|[\s{,\\"'+-])kind\\{0,7}["']?\s{0,3}:\s{0,3}\\{0,7}["']?(?<kind>[A-Z]\w{2,60})\b/;
/** The name of the values at the end of a line, behind the indentation and what a logger puts before it. */
const VALUES = /(?:^|[\s|\]>+])(?<name>["']?(?:stringData|data)["']?):\s{0,3}\{?\s{0,3}$/;
const DOCUMENT = /^[\s+-]*---\s*$/;
const ENTRY = /^(?<before>[\s+-]*(?:"[\w./-]{1,253}"|'[\w./-]{1,253}'|[\w./-]{1,253})\s{0,3}:(?:\s+|$))(?<value>.*)$/s;
/** The values in one line: `"data":{"a":"b"}`, also with escaped quotes, and `stringData: {a: b}`. */
const INLINE = /(?:\\{0,7}["'])?(?:stringData|data)(?:\\{0,7}["'])?\s{0,3}:\s{0,3}\{(?<values>[^{}]{0,32768})\}/g;
const INLINE_ENTRY = /(?<before>[\w./-]{1,253}\\{0,7}["']?\s{0,3}:\s{0,3})(?<value>[^,]{1,16384})/g;
/** How a value that goes on in the next lines begins. */
const BLOCK = /^[|>][+-]?\d?[+-]?\s*$|^$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^[A-Za-z0-9+/]{2,3}={1,2}$/;
const MAY_MATTER = /stringData|kind|data["']?:/;

interface Values {
  /** The line that opens them, up to their name. */
  readonly before: string;
  /** Whether they are those of a Secret for sure: `data` may be that of a ConfigMap. */
  readonly isSure: boolean;
  left: number;
  /** Indentation of an entry whose value is in the next lines. */
  block: number | null;
}

/** `replace` gives the placeholder of a secret. */
export function makeManifestSecrets(replace: (secret: string) => string): ManifestSecrets {
  /** Lines that may still belong to a manifest whose kind is Secret. */
  let left = 0;
  let values: Values | null = null;

  const withoutValue = (line: string, value: string, isSure: boolean): string => {
    const secret = value
      .trim()
      .replace(/(?:\s+#.*|,)$/, '')
      .replace(/^\\{0,7}["']|\\{0,7}["']$/g, '');
    return isSecretValue(secret, isSure) ? line.replace(secret, () => replace(secret)) : line;
  };
  const inline = (line: string): string =>
    line.replace(INLINE, (whole, ...args: unknown[]) => {
      const { values: inside = '' } = args.at(-1) as { values?: string };
      const redacted = inside.replace(INLINE_ENTRY, (_entry, before: string, value: string) =>
        before.concat(withoutValue(value, value, true)),
      );
      return whole.replace(inside, () => redacted);
    });

  const readValues = (redacted: string, original: string, state: Values): string | null => {
    state.left -= 1;
    const indent = indentOf(state.before, original);
    const isOver = indent !== null && indent <= 0;
    if (state.left <= 0 || isOver || DOCUMENT.test(original)) {
      values = null;
      return null;
    }
    if (indent === null) return redacted;
    if (state.block !== null && indent > state.block) return withoutValue(redacted, redacted.trim(), state.isSure);
    state.block = null;
    const { value } = ENTRY.exec(redacted.slice(prefixOf(state.before, original)))?.groups ?? {};
    if (value === undefined) return redacted;
    if (BLOCK.test(value.trim())) {
      state.block = indent;
      return redacted;
    }
    return withoutValue(redacted, value, state.isSure);
  };

  return {
    get open() {
      return values !== null || left > 0;
    },
    line(redacted, original) {
      if (left > 0) left -= 1;
      if (values !== null) {
        const read = readValues(redacted, original, values);
        if (read !== null) return read;
      }
      if (left > 0 && DOCUMENT.test(original)) left = 0;
      if (!MAY_MATTER.test(original)) return redacted;
      const kind = KIND.exec(original)?.groups?.kind;
      if (kind !== undefined) left = kind === 'Secret' ? MAX_MANIFEST : 0;
      const opened = VALUES.exec(original);
      if (opened !== null) {
        const { name = '' } = opened.groups ?? {};
        const before = original.slice(0, original.lastIndexOf(name));
        values = { before, isSure: left > 0 || name.includes('string'), left: MAX_VALUES, block: null };
        return redacted;
      }
      return kind === 'Secret' || original.includes('stringData') ? inline(redacted) : redacted;
    },
    reset() {
      [left, values] = [0, null];
    },
  };
}

/** Length of what both lines begin with, whatever their digits: a time, the name of a job; without the indentation of the second. */
function prefixOf(before: string, line: string): number {
  let length = 0;
  for (let at = 0; at < Math.min(before.length, line.length); at++) {
    const [first, second] = [before.charAt(at), line.charAt(at)];
    if (first !== second && !(/\d/.test(first) && /\d/.test(second))) break;
    if (/[\s|\]>]/.test(second)) length = at + 1;
  }
  return length;
}

/** How much further a line is indented than the one that `before` begins; null for a blank line. */
function indentOf(before: string, line: string): number | null {
  const prefix = prefixOf(before, line);
  const rest = line.slice(prefix);
  if (rest.trim() === '') return null;
  return (/^[\s+-]*/.exec(rest)?.[0].length ?? 0) - (before.length - prefix);
}

function isSecretValue(value: string, isSure: boolean): boolean {
  if (value.length < MIN_VALUE || value.includes('[redacted:') || isPlaceholder(value)) return false;
  if (/^[{}[\]]/.test(value) || (isReference(value) && !/^[A-Za-z][\w+.-]*:\/\//.test(value))) return false;
  return isSure || isEncodedText(value);
}

/** Base64 of a text: in `data` a ConfigMap has plain words, a Secret has that. */
function isEncodedText(value: string): boolean {
  if (!BASE64.test(value)) return false;
  return /^[\t\n\r -~]{6,}$/.test(Buffer.from(value, 'base64').toString('latin1'));
}
