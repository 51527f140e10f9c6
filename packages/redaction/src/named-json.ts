import { makeRedactor, type Redactor } from './redact.ts';

/** Fields whose text names what the fields beside it hold: `{"name": "DB_PASSWORD", "value": "..."}`. */
const LABELS =
  /^(?:name|key|title|label|id|field|header|variable|var|param|parameter|property|option|attribute|env|k|n)$/i;
/** Fields that hold a value and say nothing of it: what it is says the name of the object around it, as in `{"password": {"value": "..."}}`. */
const HOLDERS =
  /^(?:value|val|v|text|content|data|string|plain|plaintext|raw|literal|current|previous|old|new|default|actual|stringvalue|string_value|current_value|bytesvalue)$/i;
const COOKIES = /^(?:set-?)?cookies?$/i;

const MAX_NAME = 80;
const MAX_NAMES = 4;
/** Nothing that is kept is nested deeper. */
const MAX_DEPTH = 64;
/** Values that are looked at; of a body with more of them the rest are taken for secrets. */
const MAX_LOOKED_AT = 3_000;
const [SECRET, COOKIE] = ['[redacted:assigned-secret]', '[redacted:authorization]'];

interface Around {
  /** Names that the structure gives a value beside its own field. */
  readonly names: readonly string[];
  readonly isCookie: boolean;
  readonly depth: number;
}

/**
 * JSON without the values that its structure names as secrets, where name and value are not one field: lists of pairs (`["X-Api-Key", "..."]`, as Sentry sends
 * headers), fields side by side (`{"label": "client secret", "text": "..."}`), arguments (`["--password", "..."]`), an object around the value
 * (`{"password": {"value": "..."}}`), and cookies. Secrets of a form or field of their own stay: `redact` finds them in the text. Everything else stays as it is.
 */
export function withoutNamedSecrets(value: unknown): unknown {
  const redactor = makeRedactor();
  let lookedAt = 0;
  const isSecret: IsSecret = (names, text) => {
    lookedAt += names.length;
    return names.length > 0 && (lookedAt > MAX_LOOKED_AT || names.some((name) => isSecretAs(name, text, redactor)));
  };
  return cleared(value, { names: [], isCookie: false, depth: 0 }, isSecret);
}

type IsSecret = (names: readonly string[], text: string) => boolean;

function cleared(value: unknown, around: Around, isSecret: IsSecret): unknown {
  if (typeof value === 'string' || typeof value === 'number') return clearedValue(value, around, isSecret);
  if (typeof value !== 'object' || value === null || around.depth >= MAX_DEPTH) return value;
  const depth = around.depth + 1;
  if (Array.isArray(value))
    return value.map((one, at) =>
      cleared(one, { ...around, names: namesIn(around, [value[at - 1]]), depth }, isSecret),
    );
  const fields = Object.entries(value);
  const labels = fields.filter(([name]) => LABELS.test(name));
  return Object.fromEntries(
    fields.map(([name, one]) => {
      const isHolder = HOLDERS.test(name);
      const beside = isHolder ? labels.filter(([label]) => label !== name).map(([, label]) => label) : [];
      // A field of its own is read in the text; only one that says nothing takes the name of what is around or beside it.
      const isOwn = typeof one !== 'object' && !isHolder;
      const names = isOwn ? [] : namesIn(around, isHolder ? beside : [name]);
      return [name, cleared(one, { names, isCookie: around.isCookie || COOKIES.test(name), depth }, isSecret)];
    }),
  );
}

function namesIn({ names }: Pick<Around, 'names'>, more: readonly unknown[]): string[] {
  const short = more.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= MAX_NAME);
  return [...names, ...short].slice(-MAX_NAMES);
}

function clearedValue(value: string | number, { names, isCookie }: Around, isSecret: IsSecret): string | number {
  const text = String(value);
  if (isCookie && text.length >= 8) return COOKIE;
  return isSecret(names, text) ? SECRET : value;
}

/** Whether the same text would be redacted as the value of a field of this name. */
function isSecretAs(name: string, text: string, redactor: Redactor): boolean {
  const named = `${JSON.stringify(name)}: ${JSON.stringify(text)}`;
  const alone = redactor.apart(JSON.stringify(text));
  return redactor.apart(named) !== `${JSON.stringify(name)}: ${alone}`;
}
