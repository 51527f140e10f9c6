import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { ProtobufReader } from './protobuf.ts';
import {
  type Fields,
  type SentBatch,
  type SentLine,
  serviceOf,
  severityNamed,
  severityOfNumber,
  statusIn,
  textOf,
  type Value,
} from './sent-line.ts';

/*
 * `ExportLogsServiceRequest` of the OpenTelemetry protocol 1.x (opentelemetry-proto, collector/logs/v1 and logs/v1), from JSON and protobuf. Both
 * become the same records. Unknown fields are ignored, as the protocol asks.
 */

interface LogRecord {
  readonly timeMs: number | null;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: Value;
  readonly attributes: Fields;
}

const MAX_DEPTH = 12;

function lineOf(record: LogRecord, resource: Fields): SentLine {
  const { timeMs, severityNumber, severityText, body, attributes } = record;
  return {
    service: serviceOf(resource, attributes),
    at: timeMs,
    level: severityOfNumber(severityNumber) ?? severityNamed(severityText),
    text: textOf(body, attributes),
    status: statusIn(attributes),
    attributes: [attributes, resource],
  };
}

function batchOf(lines: readonly (SentLine | string)[]): SentBatch {
  const problems = lines.filter((line) => typeof line === 'string');
  return {
    lines: lines.filter((line) => typeof line !== 'string'),
    rejected: problems.length,
    problem: problems[0] ?? null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function listIn(value: unknown, name: string, where: string): readonly unknown[] {
  const list = isObject(value) ? value[name] : undefined;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new InvalidInput(`${where}${name} must be a list.`);
  return list;
}

/** Reads an export request in JSON. Throws `InvalidInput` when it is none; a record that is not understood is rejected alone. */
export function readOtlpJson(text: string): SentBatch {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    throw new InvalidInput('The body is not JSON.');
  }
  if (!isObject(request) || !('resourceLogs' in request))
    throw new InvalidInput('The body is no export request for logs: it has no "resourceLogs".');
  const lines: (SentLine | string)[] = [];
  for (const [at, one] of listIn(request, 'resourceLogs', '').entries()) {
    const where = `resourceLogs[${at}].`;
    const resource = isObject(one) ? attributesOf(isObject(one.resource) ? one.resource.attributes : null) : {};
    for (const scope of listIn(one, 'scopeLogs', where))
      for (const record of listIn(scope, 'logRecords', `${where}scopeLogs.`))
        lines.push(
          isObject(record) ? lineOf(recordOfJson(record), resource) : `${where}logRecords: a record is no object.`,
        );
  }
  return batchOf(lines);
}

function recordOfJson(record: Record<string, unknown>): LogRecord {
  const { severityNumber, severityText } = record;
  return {
    timeMs: millisecondsOf(record.timeUnixNano) ?? millisecondsOf(record.observedTimeUnixNano),
    severityNumber: typeof severityNumber === 'number' ? severityNumber : 0,
    severityText: typeof severityText === 'string' ? severityText : '',
    body: valueOfJson(record.body, 0),
    attributes: attributesOf(record.attributes),
  };
}

/** Nanoseconds as a decimal text or a number; 0 is no time. */
function millisecondsOf(value: unknown): number | null {
  const text = typeof value === 'number' ? value.toFixed(0) : value;
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) return null;
  const milliseconds = Number(BigInt(text) / 1_000_000n);
  return milliseconds === 0 ? null : milliseconds;
}

function attributesOf(list: unknown): Fields {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(
    list.flatMap((one): [string, Value][] =>
      isObject(one) && typeof one.key === 'string' ? [[one.key, valueOfJson(one.value, 0)]] : [],
    ),
  );
}

function valueOfJson(value: unknown, depth: number): Value {
  if (!isObject(value) || depth > MAX_DEPTH) return null;
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (typeof value.intValue === 'string' || typeof value.intValue === 'number') return Number(value.intValue);
  if (typeof value.doubleValue === 'number') return value.doubleValue;
  if (typeof value.bytesValue === 'string') return value.bytesValue;
  if (isObject(value.arrayValue))
    return listIn(value.arrayValue, 'values', '').map((one) => valueOfJson(one, depth + 1));
  if (isObject(value.kvlistValue))
    return Object.fromEntries(
      listIn(value.kvlistValue, 'values', '').flatMap((one): [string, Value][] =>
        isObject(one) && typeof one.key === 'string' ? [[one.key, valueOfJson(one.value, depth + 1)]] : [],
      ),
    );
  return null;
}

/** Reads an export request in protobuf. Throws `InvalidInput` when it is cut short or malformed. */
export function readOtlpProtobuf(bytes: Uint8Array): SentBatch {
  const lines: SentLine[] = [];
  for (const request = new ProtobufReader(bytes); request.next(); ) {
    if (request.field !== 1 || !request.hasLength) continue;
    let resource: Fields = {};
    const scopes: ProtobufReader[] = [];
    for (const resourceLogs = request.message(); resourceLogs.next(); ) {
      if (!resourceLogs.hasLength) continue;
      if (resourceLogs.field === 1) resource = fieldsIn(resourceLogs.message(), 1, 0);
      if (resourceLogs.field === 2) scopes.push(resourceLogs.message());
    }
    for (const scope of scopes)
      while (scope.next())
        if (scope.field === 2 && scope.hasLength) lines.push(lineOf(recordOfProtobuf(scope.message()), resource));
  }
  return batchOf(lines);
}

function recordOfProtobuf(record: ProtobufReader): LogRecord {
  let time: number | null = null;
  let observed: number | null = null;
  let [severityNumber, severityText] = [0, ''];
  let body: Value = null;
  let attributes: [string, Value][] | null = null;
  while (record.next()) {
    const { field } = record;
    if (record.isNumber) {
      if (field === 1) time = millisecondsIn(record.bits());
      else if (field === 11) observed = millisecondsIn(record.bits());
      else if (field === 2) severityNumber = Number(record.bits());
    } else if (record.hasLength) {
      if (field === 3) severityText = record.text();
      else if (field === 5) body = anyValue(record.message(), 0);
      else if (field === 6) {
        attributes ??= [];
        attributes.push(pairOf(record.message(), 0));
      }
    }
  }
  return {
    timeMs: time ?? observed,
    severityNumber,
    severityText,
    body,
    attributes: attributes === null ? NO_FIELDS : Object.fromEntries(attributes),
  };
}

const NO_FIELDS: Fields = {};
const asDouble = (bits: bigint): number => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0;

/** Nanoseconds; 0 is no time. */
function millisecondsIn(nanoseconds: bigint): number | null {
  const milliseconds = Number(nanoseconds / 1_000_000n);
  return milliseconds === 0 ? null : milliseconds;
}

/** `repeated KeyValue` with this field number. */
function fieldsIn(message: ProtobufReader, number: number, depth: number): Fields {
  const pairs: [string, Value][] = [];
  while (message.next())
    if (message.field === number && message.hasLength) pairs.push(pairOf(message.message(), depth));
  return Object.fromEntries(pairs);
}

function pairOf(message: ProtobufReader, depth: number): [string, Value] {
  let [key, value]: [string, Value] = ['', null];
  while (message.next()) {
    if (!message.hasLength) continue;
    if (message.field === 1) key = message.text();
    if (message.field === 2) value = anyValue(message.message(), depth + 1);
  }
  return [key, value];
}

function anyValue(message: ProtobufReader, depth: number): Value {
  if (depth > MAX_DEPTH) return null;
  let result: Value = null;
  while (message.next()) {
    const { field } = message;
    if (message.isNumber) {
      if (field === 2) result = message.bits() !== 0n;
      if (field === 3) result = Number(BigInt.asIntN(64, message.bits()));
      if (field === 4) result = asDouble(message.bits());
    } else if (message.hasLength) {
      if (field === 1) result = message.text();
      if (field === 5) result = valuesIn(message.message(), depth);
      if (field === 6) result = fieldsIn(message.message(), 1, depth + 1);
      if (field === 7) result = message.content().toString('base64');
    }
  }
  return result;
}

function valuesIn(message: ProtobufReader, depth: number): Value[] {
  const values: Value[] = [];
  while (message.next())
    if (message.field === 1 && message.hasLength) values.push(anyValue(message.message(), depth + 1));
  return values;
}
