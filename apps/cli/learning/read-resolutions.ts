import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { numberedCsvRows } from '#apps/workbench/input/csv-rows.ts';
import { type JsonRow, jsonRows } from '#apps/workbench/input/json-lines.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { RESOLUTION_COLUMNS, Resolution } from '#shared/domain/learning/resolution.ts';

/** A record with its line number. */
export interface NumberedResolution {
  readonly line: number;
  readonly resolution: Resolution;
}

/** An invalid line, and why. */
export interface BadRecord {
  readonly line: number;
  readonly problem: string;
}

export interface ReadResolutions {
  readonly name: string;
  readonly records: readonly NumberedResolution[];
  readonly bad: readonly BadRecord[];
}

const MAX_RECORDS = 20_000;
const MAX_FILE_LENGTH = 64_000_000;
const REQUIRED = RESOLUTION_COLUMNS.slice(0, 4);

/**
 * Reads records of resolved incidents: CSV with a header, or JSON Lines with the same field names. Invalid lines are returned in `bad` with
 * their reasons. Throws `UsageError` when the file has neither form or is too long.
 */
export async function readResolutions(path: string, terminal: Terminal): Promise<ReadResolutions> {
  const input = await openInput(path, terminal);
  let text = '';
  for await (const piece of textOf(input)) {
    text += piece;
    if (text.length > MAX_FILE_LENGTH) {
      throw new UsageError(`${input.name}: longer than ${MAX_FILE_LENGTH} characters. Split it into several files.`);
    }
  }
  const plain = text.replace(/^\uFEFF/, '');
  const rows = plain.trimStart().startsWith('{') ? jsonRows(plain) : tableRows(plain, input.name);
  if (rows.length > MAX_RECORDS) {
    throw new UsageError(
      `${input.name}: ${rows.length} records; the limit is ${MAX_RECORDS}. Split it into several files.`,
    );
  }
  const read = rows.map(({ line, value }) => ({ line, ...resolutionOf(value) }));
  return {
    name: input.name,
    records: read.flatMap(({ line, resolution }) => (resolution === undefined ? [] : [{ line, resolution }])),
    bad: read.flatMap(({ line, problem }) => (problem === undefined ? [] : [{ line, problem }])),
  };
}

function tableRows(text: string, name: string): JsonRow[] {
  const { rows, brokenAt } = numberedCsvRows(text);
  const titles = (rows[0]?.fields ?? []).map((title) => title.trim().toLowerCase());
  const missing = REQUIRED.filter((column) => !titles.includes(column));
  if (missing.length > 0) {
    throw new UsageError(
      `${name}, line 1: missing column ${missing.join(', ')}. Expected a header such as ${RESOLUTION_COLUMNS.slice(0, 9).join(',')}.`,
    );
  }
  const unknown = titles.filter((title) => !(RESOLUTION_COLUMNS as readonly string[]).includes(title));
  if (unknown.length > 0) {
    throw new UsageError(
      `${name}, line 1: unknown column "${unknown[0]}". Remove it, or rename it to one of ${RESOLUTION_COLUMNS.join(', ')}.`,
    );
  }
  if (brokenAt !== null) {
    throw new UsageError(`${name}, line ${brokenAt}: unclosed quote. Double the quotes inside a quoted field.`);
  }
  return rows
    .slice(1)
    .filter(({ fields }) => fields.some((field) => field.trim() !== ''))
    .map(({ line, fields }) => ({ line, value: recordOf(titles, fields) }));
}

/** A row as a record. Surplus fields get a name that the schema does not have, so that the row is refused. */
function recordOf(titles: readonly string[], fields: readonly string[]): Record<string, string> {
  const named = fields.map((field, at) => [titles[at] ?? 'more fields than the header has', field] as const);
  return Object.fromEntries(named.filter(([, field]) => field.trim() !== ''));
}

function resolutionOf(value: unknown): { resolution?: Resolution; problem?: string } {
  const parsed = Resolution.safeParse(value);
  if (parsed.success) return { resolution: parsed.data };
  const issue = parsed.error.issues[0];
  if (value === null || typeof value !== 'object') return { problem: 'not a JSON object' };
  const field = issue?.path.join('.') ?? '';
  const given = field !== '' && field in value;
  return { problem: `${field}${field === '' ? '' : ': '}${field === '' || given ? issue?.message : 'is missing'}` };
}
