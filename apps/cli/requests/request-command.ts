import {
  type Command,
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  type OptionSpec,
  type OptionSpecs,
  type ParsedInput,
  requireYes,
  UsageError,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { ExtractSchema } from 'hono/types';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import type { Api } from '#functions/api/app.ts';
import { incidentMeant, plainId, showOrder } from '../incidents/change-incident.ts';
import { type Field, fieldsOf, optionOf, permissionWords, valueTyped } from './operations.ts';

type Schema = ExtractSchema<Api>;
type MethodsOf<P extends keyof Schema> = keyof Schema[P] & `$${string}`;
/** A route of the API: `GET /api/events/:id`. */
export type RequestName = {
  [P in keyof Schema & string]: {
    [M in MethodsOf<P>]: M extends `$${infer V}` ? `${Uppercase<V>} ${P}` : never;
  }[MethodsOf<P>];
}[keyof Schema & string];
type EndpointOf<R extends RequestName> = R extends `${infer V} ${infer P extends keyof Schema & string}`
  ? Schema[P][`$${Lowercase<V>}` & keyof Schema[P]]
  : never;
/** What the route answers when all is well. */
export type AnswerOf<R extends RequestName> =
  Extract<EndpointOf<R>, { status: 200 | 201 | 202 }> extends { output: infer O } ? O : never;

/** An option that fills a field of the request. Type, bounds, list of values and default come from the description of the API. */
interface FieldOption {
  /** Name of the field; the option's own in camelCase by default. */
  readonly field?: string;
  /** Placeholder in the help text; none for a switch. */
  readonly value?: string;
  readonly about: string;
  readonly aliases?: readonly string[];
}

/** Values of fields: of the path, the query and the body, by name. */
type Fields = Readonly<Record<string, unknown>>;

/** What was typed, and what was sent for it. */
interface Sent {
  readonly operands: readonly string[];
  readonly options: ParsedInput['options'];
  readonly fields: Fields;
}

/** A command that is options -> one request -> text. */
export interface RequestRow<R extends RequestName> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** The role that the route needs is added. */
  readonly details?: string;
  readonly request: R;
  /** Fields that operands fill; several operands of one field are joined by blanks. */
  readonly operand?: {
    readonly shown: string;
    readonly field: string;
    readonly atLeast?: 0;
    readonly atMost?: number;
    readonly aliases?: readonly string[];
  };
  readonly options?: Readonly<Record<string, FieldOption>>;
  /** Options that are no fields. `prepare` reads them. */
  readonly more?: OptionSpecs;
  readonly rewrite?: Command['rewrite'];
  /** The operand names an incident by number, id or the beginning of it; a change first says which one it is. */
  readonly isAboutIncident?: true;
  /** What a person confirms with `--yes` before it is sent; null where the rest of the input says enough. */
  readonly confirms?: (sent: Sent) => string | null;
  /** Completes or checks the fields. Throws `UsageError`. */
  prepare?(sent: Sent, terminal: Terminal): Fields | Promise<Fields>;
  /** With an `Idempotency-Key` or the like. */
  headers?(options: ParsedInput['options']): Readonly<Record<string, string>>;
  /** The answer as JSON Lines; by default one document. */
  lines?(answer: AnswerOf<R>, sent: Sent): readonly unknown[];
  text(answer: AnswerOf<R>, sent: Sent): string | readonly string[];
  /** Said when the text is empty. */
  none?(sent: Sent): string;
  /** Said beside the answer, on stderr. */
  note?(answer: AnswerOf<R>): string | null;
  code?(answer: AnswerOf<R>): ExitCode;
}

/** The command of a row. Options, their checks and `--dry-run` follow from the description of the route. */
export function requestCommand<const R extends RequestName>(row: RequestRow<R>): Command & { readonly request: R } {
  const [method = '', path = ''] = row.request.split(' ');
  const known = fieldsOf(row.request);
  const asked = Object.entries(row.options ?? {}).map(([option, spec]) => ({
    option,
    spec,
    field: fieldNamed(known, spec.field ?? camelCase(option), row.request),
  }));
  const isChange = method !== 'GET';
  const isTried = isChange && !/\/(?:try|preview)$/.test(path);
  const { shown = '', atLeast = row.operand === undefined ? 0 : 1, atMost = 1, aliases } = row.operand ?? {};
  return {
    name: row.name,
    summary: row.summary,
    ...present({ aliases: row.aliases, rewrite: row.rewrite }),
    details: [row.details ?? '', permissionWords(row.request)].filter((part) => part !== '').join('\n'),
    operands: {
      ...{ shown, atLeast, atMost: row.operand === undefined ? 0 : atMost },
      ...present({ aliases }),
    },
    options: {
      ...Object.fromEntries(asked.map(({ option, spec, field }) => [option, optionOf(field, spec)])),
      ...row.more,
      ...(row.confirms === undefined ? {} : yesOption('do it')),
      ...(isTried ? DRY_RUN_OPTION : {}),
      ...API_OPTIONS,
      ...JSON_OPTION,
    } satisfies Record<string, OptionSpec>,
    request: row.request,
    async run({ operands, options }, terminal) {
      const given: Record<string, unknown> = {};
      if (row.operand !== undefined && operands.length > 0) given[row.operand.field] = operands.join(' ');
      if (row.isAboutIncident) given.id = plainId(operands[0] ?? '');
      for (const { option, field } of asked) {
        const typed = options[option];
        if (typed !== undefined) given[field.name] = valueTyped(field, option, String(typed));
      }
      const typed = { operands, options, fields: given };
      const fields = { ...given, ...(await row.prepare?.(typed, terminal)) };
      for (const { option, spec, field } of asked)
        if (field.required && fields[field.name] === undefined)
          throw new UsageError(`"selfheal ${row.name}" needs --${option} ${spec.value ?? ''}`.trimEnd().concat('.'));
      const parts = partsOf(known, fields);
      const headers = row.headers?.(options);
      if (isTried && options['dry-run'] === true)
        return await showOrder(`${method} ${filled(path, parts.param)}`, parts.json, terminal);
      const client = await openApi(options as never, terminal);
      if (row.isAboutIncident && isChange)
        parts.param.id = (await incidentMeant(client, given.id as string, terminal)).id;
      const sent = { operands, options, fields: { ...fields, ...parts.param } };
      const what = row.confirms?.(sent) ?? null;
      if (what !== null) await requireYes(row.name, { operands, options }, terminal, what);
      const answer = (await ask(client, `${method} ${path}`, parts, headers)) as AnswerOf<R>;
      return await show(row, answer, sent, terminal);
    },
  };
}

async function show<R extends RequestName>(
  row: RequestRow<R>,
  answer: AnswerOf<R>,
  sent: Sent,
  terminal: Terminal,
): Promise<ExitCode> {
  const isJson = sent.options.json === true;
  const documents = row.lines?.(answer, sent) ?? [answer];
  const pieces = isJson ? documents.map((one) => `${JSON.stringify(one)}\n`) : [row.text(answer, sent)].flat();
  await writeTogether(terminal, pieces);
  if (!isJson && pieces.join('') === '' && row.none !== undefined) terminal.say(`selfheal: ${row.none(sent)}`);
  const note = row.note?.(answer) ?? null;
  if (!isJson && note !== null) terminal.say(note);
  return row.code?.(answer) ?? 0;
}

interface Parts {
  readonly param: Record<string, string>;
  readonly query: Record<string, string>;
  readonly json: Record<string, unknown>;
}

/** The fields by their place in the request. A body is whole: what nobody gave has the default of the description. */
function partsOf(known: readonly Field[], fields: Fields): Parts {
  const parts: Parts = { param: {}, query: {}, json: {} };
  for (const { name, in: place, default: otherwise } of known) {
    const value = fields[name];
    const isGiven = value !== undefined;
    if (place === 'body' && (isGiven || otherwise !== undefined)) parts.json[name] = isGiven ? value : otherwise;
    else if (place === 'path') parts.param[name] = String(value ?? '');
    else if (place === 'query' && value !== undefined) parts.query[name] = String(value);
  }
  return parts;
}

const filled = (path: string, param: Readonly<Record<string, string>>): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => param[name] ?? '');

/** The client has a property for each part of a path, and a method for each of HTTP. */
type Node = { readonly [part: string]: Node } & ((parts: unknown, options?: unknown) => Promise<Response>);

async function ask(
  client: ApiClient,
  request: string,
  { param, query, json }: Parts,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const [method = '', path = ''] = request.split(' ');
  const parts = [...path.split('/').filter((part) => part !== ''), `$${method.toLowerCase()}`];
  const send = parts.reduce((node, part) => node[part] as Node, client as unknown as Node);
  const body = Object.keys(json).length === 0 ? {} : { json };
  return await contentOf((await send({ param, query, ...body }, { headers })) as never);
}

const camelCase = (option: string): string => option.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function fieldNamed(known: readonly Field[], name: string, request: string): Field {
  const field = known.find((one) => one.name === name);
  if (field === undefined) throw new Error(`${request} has no field ${name}. Run "npm run commands" after a change.`);
  return field;
}
