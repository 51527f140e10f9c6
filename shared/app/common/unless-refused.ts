import { Refused } from '#shared/kernel/errors.ts';

/** What a read gives; null when it is refused for good, so that a missing right takes a fact away and not the whole plan. */
export async function unlessRefused<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
