import type { Mapping } from './mapping.ts';

/** Names that tools give to what a mapping asks for, best first. */
const NAMES = {
  id: [
    'id',
    'alertid',
    'incidentid',
    'incident_id',
    'key',
    'fingerprint',
    'uid',
    'uuid',
    'jobid',
    'job_id',
    'checkid',
    'check_id',
  ],
  state: ['state', 'status', 'alertstate', 'currentstate', 'current_state', 'result', 'outcome', 'event'],
  severity: ['severity', 'priority', 'level', 'urgency', 'criticality'],
  service: [
    'service',
    'servicename',
    'service_name',
    'app',
    'application',
    'component',
    'host',
    'hostname',
    'resource',
    'project',
  ],
  title: ['title', 'summary', 'subject', 'name', 'alertname', 'alert_name', 'condition', 'check', 'message'],
  text: ['description', 'text', 'message', 'details', 'body', 'output', 'reason'],
  link: ['link', 'url', 'href', 'permalink', 'html_url', 'weburl', 'web_url', 'dashboard'],
  startedAt: [
    'startedat',
    'started_at',
    'starttime',
    'start_time',
    'firedat',
    'createdat',
    'created_at',
    'timestamp',
    'time',
    'date',
  ],
} as const;
type Field = keyof typeof NAMES;

const MAX_PLACES = 500;

/** Where the texts, numbers and truth values of a body are, as JSON Pointers; those near its top come first. */
export function placesIn(body: unknown): string[] {
  const found: string[] = [];
  let level: { readonly pointer: string; readonly value: unknown }[] = [{ pointer: '', value: body }];
  while (level.length > 0 && found.length < MAX_PLACES) {
    const next: typeof level = [];
    for (const { pointer, value } of level) {
      if (typeof value !== 'object' || value === null) {
        if (value !== null && value !== undefined) found.push(pointer);
        continue;
      }
      for (const [name, inner] of Object.entries(value).slice(0, MAX_PLACES))
        next.push({ pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, value: inner });
    }
    level = next.slice(0, MAX_PLACES);
  }
  return found.slice(0, MAX_PLACES);
}

/**
 * A first mapping of a body, by the names of its fields: to be corrected by whoever knows the tool. `textAt`: the text at a pointer. A field that no name
 * points to is left out, but for those that a mapping needs.
 */
export function draftOf(body: unknown, textAt: (pointer: string) => string): Omit<Mapping, 'examples'> {
  const places = placesIn(body);
  const placeOf = (field: Field): string | undefined => {
    for (const name of NAMES[field]) {
      const found = places.find((one) => one.slice(one.lastIndexOf('/') + 1).toLowerCase() === name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const [id = '/id', state = '/state', title = '/title'] = [placeOf('id'), placeOf('state'), placeOf('title')];
  const optional = (['severity', 'service', 'text', 'link', 'startedAt'] as const).flatMap((field) => {
    const place = placeOf(field);
    return place === undefined || place === title ? [] : [[field, place] as const];
  });
  const word = textAt(state);
  return {
    id: 'my-tool',
    title: 'My tool',
    schemes: ['bearer', 'path'],
    requires: [...new Set([id, state])],
    fields: {
      id,
      state: { from: state, values: { ...(word === '' ? {} : { [word]: 'firing' as const }), resolved: 'resolved' } },
      title,
      ...Object.fromEntries(optional),
    },
  };
}
