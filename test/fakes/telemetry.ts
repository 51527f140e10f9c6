import type { Log, LogFields, Meter } from '#shared/ports/telemetry-sink.ts';

export interface RecordingMeter extends Meter {
  /** Sums by name. */
  readonly counts: Readonly<Record<string, number>>;
  readonly times: Readonly<Record<string, number[]>>;
}

export function makeRecordingMeter(): RecordingMeter {
  const counts: Record<string, number> = {};
  const times: Record<string, number[]> = {};
  return {
    counts,
    times,
    count: (name, value = 1) => {
      counts[name] = (counts[name] ?? 0) + value;
    },
    time: (name, milliseconds) => {
      times[name] = [...(times[name] ?? []), milliseconds];
    },
  };
}

export interface RecordingLog extends Log {
  readonly entries: readonly { level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> }[];
}

export function makeRecordingLog(): RecordingLog {
  const entries: { level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> }[] = [];
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) =>
      void entries.push({ level, message, fields: { ...fields } });
  return { entries, info: at('info'), warn: at('warn'), error: at('error') };
}
