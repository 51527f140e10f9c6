/** A field with its end: quoted with doubled quotes inside, or bare (RFC 4180). */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

export interface NumberedRow {
  /** 1-based line that it begins in. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Rows of a comma separated text with their lines; `brokenAt` is the line of a row whose quotes do not fit, where reading ended. */
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
  // A last row that ends with a comma ends with an empty field.
  if (fields.length > 0) rows.push({ line, fields: [...fields, ''] });
  return { rows, brokenAt: null };
}

/** Rows of a comma separated text, the title row first. */
export function csvRows(text: string): string[][] {
  return numberedCsvRows(text).rows.map(({ fields }) => [...fields]);
}
