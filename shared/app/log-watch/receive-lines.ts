import { createHash } from 'node:crypto';
import { joined, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Severity } from '@selfheal/log-reading/logs/severity.ts';
import { scanLine } from '@selfheal/log-reading/templates/line-scan.ts';
import { makeRedactor, type Redactor } from '@selfheal/redaction/redact.ts';
import { redactLines } from '@selfheal/redaction/redacted-lines.ts';
import { type LogEntry, levelOf, serviceKey, statusOf } from '#shared/domain/log-watch/log-entry.ts';
import { makeDigester } from '#shared/domain/log-watch/window-digest.ts';
import { lineAttributes } from '#shared/domain/log-watch/wire/line-attributes.ts';
import type { SentBatch, SentLine } from '#shared/domain/log-watch/wire/sent-line.ts';
import type { LogWatchStore } from '#shared/ports/log-watch-store.ts';

export interface ReceiveDeps {
  readonly store: Pick<LogWatchStore, 'addDigests'>;
  readonly clock: Clock;
}

export interface Received {
  readonly accepted: number;
  readonly rejected: number;
  /** Why records were rejected; null when none was. */
  readonly problem: string | null;
}

const UNNAMED_SERVICE = 'unnamed';
/** Services of one batch; a sender that puts something else into the name must not fill the table. */
const MAX_SERVICES = 50;

/**
 * Redacts the lines of one batch and keeps how many there were of what. The lines themselves are not kept, but for a few samples of each message. A
 * repeat of the same bytes counts once. `bytes`: the batch as it was sent.
 */
export async function receiveLines(batch: SentBatch, bytes: Uint8Array, deps: ReceiveDeps): Promise<Received> {
  const now = deps.clock.now();
  const digester = makeDigester();
  const services = new Set<string>();
  const redactors = new Map<string, Redactor>();
  let [accepted, rejected] = [0, batch.rejected];
  let { problem } = batch;
  // Most batches are of one service.
  let [named, service]: [string | null, string] = [null, UNNAMED_SERVICE];
  for (const line of batch.lines) {
    if (line.text.trim() === '') continue;
    if (line.service !== named) {
      named = line.service;
      service = serviceKey(named ?? '') || UNNAMED_SERVICE;
    }
    if (!services.has(service) && services.size >= MAX_SERVICES) {
      rejected += 1;
      problem ??= `More than ${MAX_SERVICES} services in one request: is service.name set to something that changes?`;
      continue;
    }
    services.add(service);
    let redactor = redactors.get(service);
    if (redactor === undefined) {
      redactor = makeRedactor();
      redactors.set(service, redactor);
    }
    const text = redactedText(line, redactor);
    const status = line.status ?? statusOf(text);
    const level = line.level ?? levelLike(text, status);
    digester.add({ service, at: line.at ?? now.getTime(), level, text, status, ...attributesOf(line, redactor) });
    accepted += 1;
  }
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  const digests = digester.take(id);
  if (digests.length > 0) await deps.store.addDigests(digests, now);
  return { accepted, rejected, problem };
}

function attributesOf({ attributes }: SentLine, redactor: Redactor): Pick<LogEntry, 'attributes'> {
  return attributes === undefined ? {} : { attributes: () => lineAttributes(attributes, redactor) };
}

/** Most records are one line; a stack trace belongs to its record. A secret may span records, as it may span lines. */
function redactedText({ text }: SentLine, redactor: Redactor): RedactedText {
  if (text.length < MAX_PLAIN_LENGTH && !text.includes('\n')) return redactor.line(text);
  return joined(redactLines(text, redactor), '\n');
}

const MAX_PLAIN_LENGTH = 8_192;

const OPEN_ANGLE = 60;
const MAX_FORMS = 10_000;
/** Levels by form, of this and the latest requests. */
let [recent, older] = [new Map<string, Severity>(), new Map<string, Severity>()];

/**
 * The level of a line, read once for lines that are equal but for their values. Where the level itself may be a value, in JSON and after a syslog
 * priority, each line is read; klog's first letter is part of what has to be equal.
 */
function levelLike(text: string, status: number | null): Severity {
  const first = text.charCodeAt(0);
  if (status !== null || first === OPEN_ANGLE || text.endsWith('}')) return levelOf(text, null, status);
  const { low, high } = scanLine(text, 0, Math.min(text.length, MAX_PLAIN_LENGTH));
  const form = `${first} ${low} ${high}`;
  const known = recent.get(form) ?? older.get(form);
  if (known !== undefined) return known;
  const level = levelOf(text, null, null);
  if (recent.size >= MAX_FORMS) [recent, older] = [new Map(), recent];
  recent.set(form, level);
  return level;
}
