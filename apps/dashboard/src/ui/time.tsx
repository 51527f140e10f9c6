import { useSyncExternalStore } from 'react';
import { serverNow } from '../api/connection.ts';

/** One format for everybody, whatever their browser's language: the pages are in English. Times are in the reader's own zone. */
const LOCALE = 'en-GB';
const exact = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `2026-11-25` as `25 Nov`. */
export const dayName = (date: string): string => day.format(new Date(`${date}T00:00:00Z`));

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;
/** Only that it changes matters: ages are told by `serverNow`, whose difference is known after the first answer. */
let tick = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    tick += 1;
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || ticking === null) return;
    clearInterval(ticking);
    ticking = null;
  };
}

/** How long ago, by the server's clock; the exact time in the reader's own zone as its title. */
export function Ago({ at }: { readonly at: string }) {
  useSyncExternalStore(subscribe, () => tick);
  return (
    <time dateTime={at} title={exact.format(new Date(at))} className="number">
      {agoWords(serverNow() - Date.parse(at))}
    </time>
  );
}

/** `in 4 hours` or `expired`. */
export function Until({ at }: { readonly at: string }) {
  useSyncExternalStore(subscribe, () => tick);
  const left = Date.parse(at) - serverNow();
  return (
    <time dateTime={at} title={exact.format(new Date(at))} className="number">
      {left <= 0 ? 'expired' : `in ${durationWords(left)}`}
    </time>
  );
}

export const clockTime = (at: string): string => exact.format(new Date(at));

const time = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Hours, minutes and seconds in the reader's own zone. */
export const timeOfDay = (at: string): string => time.format(new Date(at));

/** `just now`, `3 min ago`, `2 h ago`, `5 d ago`. Times a little in the future come from clocks apart: `just now`. */
function agoWords(milliseconds: number): string {
  return milliseconds < 10_000 ? 'just now' : `${durationWords(milliseconds)} ago`;
}

/** One or two units: `42 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 || hours >= 6 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}
