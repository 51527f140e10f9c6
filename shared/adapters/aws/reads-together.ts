type Item = Record<string, unknown>;
interface Key {
  readonly pk: string;
  readonly sk: string;
}
interface Reads {
  get(key: Key): Promise<Item | null>;
  getAll(keys: readonly Key[]): Promise<Item[]>;
}

interface Wish {
  readonly keys: readonly Key[];
  readonly answer: (items: Item[]) => void;
  readonly fail: (error: unknown) => void;
}

const nameOf = ({ pk, sk }: Partial<Key>): string => JSON.stringify([pk, sk]);

/**
 * The same reads, where all records that are asked for at the same moment come in one request of `getAll`, also a single one: one right is enough.
 * Nothing is kept: whoever asks later reads again. When the request fails, everybody who waits for it fails.
 */
export function readingTogether({ getAll }: Pick<Reads, 'getAll'>): Reads {
  let waiting: Wish[] = [];
  const send = async (): Promise<void> => {
    const wishes = waiting;
    waiting = [];
    const keys = new Map(wishes.flatMap((wish) => wish.keys.map((key) => [nameOf(key), key] as const)));
    try {
      const found = new Map((await getAll([...keys.values()])).map((item) => [nameOf(item), item]));
      for (const { keys: wanted, answer } of wishes)
        answer(wanted.map((key) => found.get(nameOf(key))).filter((item) => item !== undefined));
    } catch (error) {
      for (const { fail } of wishes) fail(error);
    }
  };
  const ask = (keys: readonly Key[]): Promise<Item[]> =>
    new Promise((answer, fail) => {
      waiting.push({ keys, answer, fail });
      if (waiting.length === 1) queueMicrotask(send);
    });
  return { get: async (key) => (await ask([key]))[0] ?? null, getAll: ask };
}
