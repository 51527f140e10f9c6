interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Scripted<T> = T & {
  /** Every call in order, also those that threw. */
  readonly calls: readonly Call[];
  count(method: keyof T & string): number;
  /** Adds or replaces answers. */
  program(answers: Partial<T>): void;
};

/** A port that answers only what was programmed: any other call throws, so that no test passes by accident. */
export function scripted<T extends object>(name: string, answers: Partial<T> = {}): Scripted<T> {
  const programmed = { ...answers } as Record<string, unknown>;
  const calls: Call[] = [];
  const own: Record<string, unknown> = {
    calls,
    count: (method: string) => calls.filter((call) => call.method === method).length,
    program: (more: Partial<T>) => Object.assign(programmed, more),
  };
  return new Proxy({} as Scripted<T>, {
    get(_target, key) {
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      if (Object.hasOwn(own, key)) return own[key];
      return (...args: unknown[]) => {
        calls.push({ method: key, args });
        const answer = programmed[key];
        if (typeof answer !== 'function') throw new Error(`Unprogrammed call: ${name}.${key}(${JSON.stringify(args)})`);
        return answer(...args);
      };
    },
  });
}

/** Answers one after the other; an Error is thrown. Throws when asked once more than there are answers. */
export function inTurn<R>(...answers: (R | Error)[]): (...args: unknown[]) => Promise<R> {
  let next = 0;
  return async () => {
    if (next >= answers.length)
      throw new Error(`Asked ${next + 1} times, but only ${answers.length} answers were programmed.`);
    const answer = answers[next++] as R | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
