/**
 * A value that is made when it is first asked for, and then kept. For tables and patterns that cost a start of the process
 * more than most processes get back from them. What `make` throws is thrown again by each call.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
