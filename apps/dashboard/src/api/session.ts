/** A sign-in of this tab. It lasts as long as the tab and is given to others of the same origin that ask while it is open. */
export interface Session {
  readonly token: string;
  readonly refreshToken: string | null;
  /** By this browser's clock, which may differ from the server's. Milliseconds. */
  readonly expiresAt: number;
}

const KEY = 'selfheal.session';
/** A new tab waits this long for another one to share its sign-in. Milliseconds. */
const WAIT_FOR_OTHER_TABS = 120;

let session: Session | null = readStored();
const listeners = new Set<() => void>();
const channel = 'BroadcastChannel' in window ? new BroadcastChannel(KEY) : null;

type Message =
  | { readonly kind: 'ask' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'have'; readonly session: Session };

channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'ask' && session !== null) channel.postMessage({ kind: 'have', session } satisfies Message);
  if (data.kind === 'have' && session === null) keep(data.session);
  if (data.kind === 'ended') keep(null);
});

export const currentSession = (): Session | null => session;

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function startSession(answer: { token: string; expiresInSeconds: number; refreshToken: string | null }): void {
  const { token, expiresInSeconds, refreshToken } = answer;
  keep({
    token,
    refreshToken: refreshToken ?? session?.refreshToken ?? null,
    expiresAt: Date.now() + expiresInSeconds * 1000,
  });
}

/** Signs out this tab and all others. */
export function endSession(): void {
  keep(null);
  channel?.postMessage({ kind: 'ended' } satisfies Message);
}

/** Forgets a sign-in that the server no longer accepts; other tabs find out by themselves. */
export function forgetSession(): void {
  keep(null);
}

/** Takes over the sign-in of another tab, if one answers. */
export async function sessionOfOtherTab(): Promise<void> {
  if (session !== null || channel === null) return;
  channel.postMessage({ kind: 'ask' } satisfies Message);
  await new Promise<void>((resolve) => {
    const stop = subscribeToSession(done);
    const timer = setTimeout(done, WAIT_FOR_OTHER_TABS);
    function done() {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

function keep(next: Session | null): void {
  session = next;
  try {
    if (next === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Storage is switched off: the sign-in lasts until the page is left.
  }
  for (const listener of listeners) listener();
}

function readStored(): Session | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return isSession(stored) ? stored : null;
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { token, expiresAt, refreshToken } = value as Record<string, unknown>;
  return (
    typeof token === 'string' &&
    typeof expiresAt === 'number' &&
    (refreshToken === null || typeof refreshToken === 'string')
  );
}
