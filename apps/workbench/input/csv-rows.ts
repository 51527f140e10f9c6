/** A field and its delimiter (RFC 4180): quoted with doubled quotes inside, or unquoted. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

export interface NumberedRow {
  /** 1-based line on which the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Parses CSV into rows with line numbers. `brokenAt` is the line of a row with mismatched quotes, where parsing stopped. */
export function numberedCsvRows(text: string): { rows: NumberedRow[]; brokenAt: number | null } {
  const rows: NumberedRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let next = 1;
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const field = FIELD.exec(text);
    if (field === null) return { rows, brokenAt: line };
    next += field[0].split('\n').length - 1;
    fields.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? '');
    if (field[3] === ',') continue;
    rows.push({ line, fields });
    fields = [];
    line = next;
  }
  // The text ended with a comma: the last field is empty.
  if (fields.length > 0) rows.push({ line, fields: [...fields, ''] });
  return { rows, brokenAt: null };
}

/** Parses CSV into rows, the header first. */
export function csvRows(text: string): string[][] {
  return numberedCsvRows(text).rows.map(({ fields }) => [...fields]);
}
