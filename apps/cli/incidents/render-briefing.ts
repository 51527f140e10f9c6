import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import type { ApiClient } from '#apps/workbench/api/api-client.ts';

export type IncidentDetails = Extract<
  InferResponseType<ApiClient['api']['incidents'][':id']['$get']>,
  { briefing: unknown }
>;
type Briefing = IncidentDetails['briefing'];

const MAX_TEXT_LENGTH = 4000;
export const clean = (text: string): string => cleanText(text, MAX_TEXT_LENGTH);

/** A title with its lines, after an empty line; nothing without lines. Their line breaks stay: advice may hold a block of code. */
export function section(title: string, lines: readonly string[]): string[] {
  const shown = lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `  ${/^ */.exec(line)?.[0] ?? ''}${clean(line)}`);
  return shown.length === 0 ? [] : ['', title, ...shown];
}

/** Why it failed and what to do: what a person reads first. The cause may name one of the numbers already. */
export function causeSections({ stopped, cause, confidences, advice, knownHere }: Briefing): string[] {
  const told = cause.join('\n').toLowerCase();
  const others = confidences.filter(({ name, percent }) => !told.includes(`${name.toLowerCase()} ${percent} %`));
  return [
    ...(stopped === null ? [] : ['', clean(stopped)]),
    ...section('Root cause', cause),
    ...section(
      'How sure this is',
      others.map(({ name, percent, meaning }) => `${name}: ${percent} %. ${meaning}`),
    ),
    ...section('What to do', advice),
    ...section('Known here', knownHere),
  ];
}

/** What led to it and what is known besides. `tried`: leaves out what the caller says elsewhere. */
export function contextSections({ chain, before, evidence, notes, history, tried, links }: Briefing): string[] {
  const told = new Set(tried);
  return [
    ...section('Chain of events', chain),
    ...section('Deployed or changed before', before),
    ...section(
      'Evidence (quoted from logs)',
      evidence.flatMap(({ name, lines }) => [`${name}:`, ...lines.map((line) => `  ${line}`)]),
    ),
    ...section('What was tried', tried),
    ...section('Not read', notes),
    ...section(
      'Seen before',
      history.filter((line) => !told.has(line)),
    ),
    ...section(
      'Where to look',
      links.map(({ name, url }) => `${name}: ${url}`),
    ),
  ];
}
