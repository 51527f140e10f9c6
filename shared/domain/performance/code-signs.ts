import { clearness, type Evidence, type Sign } from './evidence.ts';

const LOOP = /^(?:for\b|while\b|async for\b)|\.(?:forEach|map|each)\((?:async\b)?/;
const ASYNC_FUNCTION = /\basync (?:def|function)\b/;
const FUNCTION = /\b(?:def|function|func|fn)\b|=>|^(?:public|private|protected)\b/;
const QUERY =
  /\.(?:query|execute|findOne|findById|findUnique|findByPk|fetchone|fetchall)\(|\.objects\.get\(|\bSELECT\b.{1,200}\bFROM\b/;
const PROMISE_ALL = /\bPromise\.(?:all|allSettled)\(|\basyncio\.gather\(/;
const COMMENT = /^(?:\/\/|#|\*|\/\*|--)/;
/** Characters of a line that are looked at. */
const LOOKED_AT = 500;

/** Lines that are indented deeper than the line that opened the block. */
interface Scope {
  readonly kind: 'loop' | 'async-function' | 'function';
  readonly indent: number;
}

interface Rule {
  readonly sign: Sign;
  readonly says: string;
  readonly applies: (line: string, inside: (kind: Scope['kind']) => boolean) => boolean;
}

const RULES: readonly Rule[] = [
  {
    sign: 'query-in-loop',
    says: 'ask the database within a loop',
    applies: (line, inside) => inside('loop') && QUERY.test(line),
  },
  {
    sign: 'await-in-loop',
    says: 'wait for one call after the other within a loop',
    applies: (line, inside) => inside('loop') && /\bawait \w/.test(line) && !PROMISE_ALL.test(line),
  },
  {
    sign: 'blocking-call',
    says: 'block the thread within a function',
    applies: (line, inside) =>
      (inside('function') && /\b(?:readFile|writeFile|exec|execFile|spawn)Sync\(/.test(line)) ||
      (inside('async-function') && /\btime\.sleep\(|\brequests\.(?:get|post|put|patch|delete)\(/.test(line)),
  },
  {
    sign: 'connect-per-call',
    says: 'open a connection within a function',
    applies: (line, inside) =>
      inside('function') &&
      /\b(?:psycopg2?|pymysql|MySQLdb)\.connect\(|\bmysql2?\.createConnection\(|\bDriverManager\.getConnection\(|\bnew (?:pg\.)?MongoClient\(|\bnew pg\.Client\(/.test(
        line,
      ),
  },
  {
    sign: 'leading-wildcard',
    says: 'look for text with an unknown beginning, which no index serves',
    applies: (line) => /\bI?LIKE ['"]%/i.test(line),
  },
  { sign: 'select-star', says: 'fetch every column', applies: (line) => /\bSELECT \* FROM\b/i.test(line) },
];

/**
 * Source patterns that are slow where they run often, found by indentation (JavaScript, TypeScript, Python, Java, Go).
 * Reads words, not a syntax tree: a hint and no proof, so it ranks low by itself.
 */
export function codeSigns(file: string, source: string): Evidence[] {
  const found = new Map<Rule, { count: number; first: number }>();
  let scopes: Scope[] = [];
  for (const [index, raw] of source.split('\n').entries()) {
    const line = raw.slice(0, LOOKED_AT).trim();
    if (line === '' || COMMENT.test(line)) continue;
    const indent = raw.length - raw.trimStart().length;
    scopes = scopes.filter((scope) => indent > scope.indent);
    const inside = (kind: Scope['kind']): boolean => scopes.some((scope) => scope.kind === kind);
    for (const rule of RULES.filter(({ applies }) => applies(line, inside))) {
      const { count, first } = found.get(rule) ?? { count: 0, first: index + 1 };
      found.set(rule, { count: count + 1, first });
    }
    scopes.push(...scopesOf(line).map((kind) => ({ kind, indent })));
  }
  return [...found].map(([{ sign, says }, { count, first }]) => {
    const text = `lines that ${says}: ${count}`;
    return { sign, source: 'code', strength: clearness(count, 1), where: `${file}:${first}`, text };
  });
}

function scopesOf(line: string): Scope['kind'][] {
  const kinds: Scope['kind'][] = [];
  if (LOOP.test(line) && !PROMISE_ALL.test(line)) kinds.push('loop');
  if (ASYNC_FUNCTION.test(line)) kinds.push('async-function');
  if (FUNCTION.test(line)) kinds.push('function');
  return kinds;
}
