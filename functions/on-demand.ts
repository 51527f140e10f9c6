/** Loads once, when it is first asked for; a load that failed is tried again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return loaded;
  };
}

/** A port whose methods are all async, so that none has to answer before the code is there. */
type AsyncPort<P> = { readonly [K in keyof P]: (...given: never[]) => Promise<unknown> };

/**
 * A port whose code is loaded at the first call of one of its methods: a function's start neither reads nor runs it, and
 * its bundle does not count it where the function is split (`SPLIT` in `tools/build-functions.ts`). Such ports stand in files by
 * what they serve (`*-on-demand.ts`), because a bundle holds what any of its files loads on demand.
 */
export function onDemand<P extends AsyncPort<P>>(load: () => Promise<P>): P {
  const loaded = once(load);
  return new Proxy({} as P, {
    get(_, name) {
      // A promise that resolves to the port asks whether the port is one, too.
      if (name === 'then') return undefined;
      return async (...given: never[]) => (await loaded())[name as keyof P](...given);
    },
  });
}
