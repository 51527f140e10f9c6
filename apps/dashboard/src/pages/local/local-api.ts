import { ApiError } from '../../api/client.ts';
import { noteAnswer, noteSilence } from '../../api/connection.ts';

interface Breakage {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

interface Mail {
  readonly id: string;
  readonly at: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The failures that `npm start` can make happen. */
export const breakages = async (): Promise<readonly Breakage[]> =>
  (await call<{ breakages: Breakage[] }>('/local-api/breakages')).breakages;

export const breakIt = (id: string): Promise<{ message: string }> =>
  call(`/local-api/breakages/${encodeURIComponent(id)}`, { method: 'POST' });

/** An announcement as every channel would send it. */
export interface Preview {
  readonly title: string;
  readonly kind: string;
  readonly channels: readonly {
    readonly id: string;
    readonly title: string;
    /** Why it is told, or not. */
    readonly why: string;
    /** Null when the channel is silent about it. */
    readonly message: { readonly subject: string | null; readonly text: string; readonly html?: string } | null;
  }[];
}

export const previews = async (): Promise<readonly Preview[]> =>
  (await call<{ previews: Preview[] }>('/local-api/previews')).previews;

/** Newest first. */
export const mails = (): Promise<readonly Mail[]> => call('/mail.json');

/** These routes belong to the local cloud, not to the API, and need no token. */
async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { ...init, cache: 'no-store' }).catch((cause: unknown) => {
    noteSilence();
    throw new ApiError(0, 'The local cloud does not answer.', { cause });
  });
  noteAnswer(response.headers);
  if (!response.ok) throw new ApiError(response.status, `The local cloud answered with status ${response.status}.`);
  return (await response.json()) as T;
}
