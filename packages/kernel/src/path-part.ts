/** Whatever leads a path elsewhere: nothing, dots alone, and what separates parts or ends a line. */
const ELSEWHERE = /^\.{0,2}$|[/\\\p{Cc}]/u;

/**
 * A value as one part of the path of an address, encoded; null for what cannot be one. A gateway may decode a path before it looks for the route, so that an
 * encoded slash is no way out.
 */
export function pathPart(value: string): string | null {
  const text = value.toWellFormed();
  return ELSEWHERE.test(text) ? null : encodeURIComponent(text);
}

interface WithParams {
  readonly param?: Readonly<Record<string, string>>;
}

/**
 * A typed client of hono (`hc`) that encodes each value of a path. By itself it puts them in as they are, and `../keys/1` as the id of an incident would be a
 * request about a key. Throws what `refusal` makes of a value that is no part of a path.
 */
export function withPathParts<C extends object>(client: C, refusal: (value: string) => Error): C {
  return new Proxy(client, {
    get(target, name, receiver) {
      const part: unknown = Reflect.get(target, name, receiver);
      return typeof part === 'function' ? withPathParts(part, refusal) : part;
    },
    apply(target, self, [request, ...rest]: [WithParams | undefined, ...unknown[]]) {
      const parts = Object.entries(request?.param ?? {}).map(([name, value]) => {
        const part = pathPart(value);
        if (part === null) throw refusal(value);
        return [name, part];
      });
      const given = parts.length === 0 ? request : { ...request, param: Object.fromEntries(parts) };
      return Reflect.apply(target as (...given: unknown[]) => unknown, self, [given, ...rest]);
    },
  });
}
