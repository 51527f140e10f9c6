import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '@selfheal/local-cloud/template/deployment.ts';
import { placeEvent } from '#shared/app/intake/place-event.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { sampleConfiguration } from './assemblies.ts';

/** Account and region of the local runtime. */
export const HOME = { partition: 'aws', account: DEFAULT_ACCOUNT, region: DEFAULT_REGION } as const;
const SAMPLE = { account: '123456789012', region: 'eu-central-1' } as const;

interface BusEvent extends Record<string, unknown> {
  readonly time: string;
  readonly region: string;
}

/** A sample below `events/` (`cloudformation/update-failed-firing`) as an event of the local runtime's own account and region. */
export function awsEvent(path: string, changes: object = {}): BusEvent {
  const text = readFileSync(join(import.meta.dirname, '../../../events', `${path}.json`), 'utf8');
  const own = text.replaceAll(SAMPLE.region, HOME.region).replaceAll(SAMPLE.account, HOME.account);
  return { ...JSON.parse(own), id: randomUUID(), ...changes };
}

/** Id of the incident that an event of AWS itself opens. */
export function incidentOfEvent(event: { readonly source: string }): string {
  const source = EVENT_SOURCES.find(({ id }) => `aws.${id}` === event.source);
  const read = source?.toSignal(event, new Date());
  if (read?.kind !== 'signal') throw new Error(`The event is ${JSON.stringify(read)}`);
  const configuration = { ...Configuration.parse(sampleConfiguration()), home: HOME };
  return identify(placeEvent(read.signal, configuration)).incidentId;
}
