import { counted } from '@selfheal/kernel/time-words.ts';
import type { LogFinding } from '#shared/domain/log-watch/judge-window.ts';
import { WINDOW_MS } from '#shared/domain/log-watch/window-digest.ts';

const MINUTE = 60_000;

type WordedFinding = Pick<LogFinding, 'kind' | 'observed' | 'expected' | 'windows'> & {
  readonly message: Pick<NonNullable<LogFinding['message']>, 'level' | 'samples'> | null;
};

/** The finding in one line: `48 errors in 5 minutes, usually 2`. */
export function wordsOf({ kind, observed, expected, windows, message }: WordedFinding): string {
  const time = `in ${(windows * WINDOW_MS) / MINUTE} minutes`;
  const usual = `usually ${expected >= 10 ? Math.round(expected) : Number(expected.toFixed(1))}`;
  const sample = message === null ? '' : (message.samples[0]?.split('\n')[0]?.slice(0, 160) ?? '');
  switch (kind) {
    case 'more-errors':
      return `${counted(observed, 'error')} ${time}, ${usual}`;
    case 'more-warnings':
      return `${counted(observed, 'warning')} ${time}, ${usual}`;
    case 'failing-requests':
      return `${counted(observed, 'request')} failed with a status of 5xx ${time}, ${usual}`;
    case 'new-message':
      return `new ${message?.level ?? 'message'}, ${counted(observed, 'time')} ${time}: ${sample}`;
    case 'more-of-message':
      return `${counted(observed, 'time')} ${time}, ${usual}: ${sample}`;
    case 'silence':
      return `${counted(observed, 'line')} ${time}, ${usual}: the service, or what ships its log, is silent`;
    default:
      return kind satisfies never;
  }
}
