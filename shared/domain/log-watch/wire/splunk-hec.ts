import { InvalidInput } from '@selfheal/kernel/errors.ts';
import {
  type Fields,
  type SentBatch,
  type SentLine,
  serviceOf,
  severityNamed,
  statusIn,
  textOf,
  type Value,
} from './sent-line.ts';

/*
 * Splunk's format for the HTTP Event Collector ("Format events for HTTP Event Collector", Splunk's documentation): JSON objects one after another, with
 * or without white space between, each with `event` and optionally `time` (seconds), `host`, `source`, `sourcetype`, `index` and `fields`.
 */

/** The texts of JSON objects that stand one after another. Throws `InvalidInput` where something else stands between them. */
function* objectsIn(text: string): Generator<string> {
  let [start, depth] = [-1, 0];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === 92) at += 1;
      else if (code === 34) isQuoted = false;
    } else if (code === 34) isQuoted = depth > 0;
    else if (code === 123) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (code === 125 && depth > 0) {
      depth -= 1;
      if (depth === 0) yield text.slice(start, at + 1);
    } else if (depth === 0 && !/[\s,[\]]/.test(text[at] ?? ''))
      throw new InvalidInput('Between two events there is something else than white space.');
  }
  if (depth > 0) throw new InvalidInput('The last event is cut short.');
}

const isFields = (value: Value | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads events. Throws `InvalidInput` when the body is not such a sequence; an event without `event` is rejected alone. */
export function readHecEvents(body: string): SentBatch {
  const lines: SentLine[] = [];
  let [rejected, problem]: [number, string | null] = [0, null];
  for (const text of objectsIn(body)) {
    let event: Fields;
    try {
      event = JSON.parse(text) as Fields;
    } catch {
      throw new InvalidInput('An event is not JSON.');
    }
    const line = lineOf(event);
    if (line !== null) lines.push(line);
    else {
      rejected += 1;
      problem ??= 'Event field is required.';
    }
  }
  return { lines, rejected, problem };
}

function lineOf({ event, time, fields, source, host, sourcetype, index }: Fields): SentLine | null {
  if (event === undefined || event === null || event === '') return null;
  const given = isFields(fields) ? fields : {};
  const told = isFields(event) ? event : {};
  const seconds = Number(time ?? Number.NaN);
  const named = [source, sourcetype, host].find((value) => typeof value === 'string' && value !== '');
  return {
    service: serviceOf(given, told) ?? (typeof named === 'string' ? named : null),
    at: Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : null,
    level: severityNamed(told.level ?? told.severity ?? given.level ?? given.severity),
    text: textOf(event, told),
    status: statusIn(told) ?? statusIn(given),
    attributes: [
      given,
      told,
      { host: host ?? null, source: source ?? null, sourcetype: sourcetype ?? null, index: index ?? null },
    ],
  };
}

/** The lines of `/services/collector/raw`. */
export function readHecRaw(body: string, service: string | null): SentBatch {
  const lines = body
    .split('\n')
    .filter((text) => text.trim() !== '')
    .map((text) => ({ service, at: null, level: null, text, status: null }));
  return { lines, rejected: 0, problem: null };
}
