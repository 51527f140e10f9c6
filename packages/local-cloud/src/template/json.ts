/** A JSON object of unknown shape. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The value when it is an object, else an empty object. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** CloudFormation and IAM may write a list of one item as the item itself. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function textsOf(value: unknown): string[] {
  return listOf(value).map(String);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** CloudFormation may write numbers as strings. */
export function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function booleanOf(value: unknown): boolean {
  return value === true || value === 'true';
}

export function parseObject(text: string, place: string): JsonObject {
  try {
    return objectOf(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${place} is not JSON.`, { cause });
  }
}
