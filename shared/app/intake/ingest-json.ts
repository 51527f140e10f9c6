export type ParsedBody = { kind: 'parsed'; value: unknown } | { kind: 'invalid'; reason: string };

const MAX_DEPTH = 64;
const DANGEROUS_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * Parses JSON from outside within limits: UTF-8 only, at most 64 levels deep (checked without recursion), and without keys that could change
 * an object's prototype.
 */
export function parseBoundedJson(bytes: Uint8Array): ParsedBody {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { kind: 'invalid', reason: 'body: expected JSON in UTF-8' };
  }
  return cleanInPlace(value)
    ? { kind: 'parsed', value }
    : { kind: 'invalid', reason: `body: nested more than ${MAX_DEPTH} levels deep` };
}

/** Walks the value with its own stack, so that deep nesting cannot exhaust the call stack. False when it is too deep. */
function cleanInPlace(root: unknown): boolean {
  const waiting: { node: unknown; depth: number }[] = [{ node: root, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    if (node === null || typeof node !== 'object') continue;
    if (depth > MAX_DEPTH) return false;
    if (!Array.isArray(node))
      for (const key of DANGEROUS_KEYS) if (Object.hasOwn(node, key)) Reflect.deleteProperty(node, key);
    for (const inner of Object.values(node)) waiting.push({ node: inner, depth: depth + 1 });
  }
  return true;
}
