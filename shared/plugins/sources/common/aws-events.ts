import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { type Change, placeOfResource } from '#shared/domain/changes/change.ts';
import type { AwsBuild } from '#shared/domain/incident/aws-build.ts';
import { type AwsEventSource, type AwsPlace, connectionOfPlace } from '#shared/domain/incident/aws-resource.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { defineSource, type EventSource, firstProblem, type SourceResult } from '../contract.ts';
import { changeOf } from './change-of.ts';

/** What every event of the bus has (EventBridge user guide, "AWS service event metadata"). */
const Envelope = z.object({
  id: z.string().min(1).max(200),
  'detail-type': z.string(),
  account: z.string().regex(/^\d{12}$/, 'Must be an account of 12 digits'),
  region: z.string().regex(/^[a-z0-9-]{5,25}$/, 'Must be a region'),
  time: z.iso.datetime({ offset: true }),
  resources: z.array(z.string().max(2000)).default([]),
  detail: z.unknown(),
});

/** An event of AWS as its source reads it. */
export interface AwsEvent<Detail> extends AwsPlace {
  readonly detailType: string;
  readonly time: Date;
  readonly resources: readonly string[];
  readonly detail: Detail;
}

/** A change of a resource that an event tells of. Texts are raw. */
export interface AwsChange {
  /** Equal for all that is told of one change. */
  readonly id: string;
  readonly kind: 'deployment' | 'configuration-change';
  /** As the configuration names it: `ecs/production/checkout`. */
  readonly resource: string;
  readonly title: string;
  readonly by?: string | null | undefined;
  readonly state: Change['state'];
  readonly url: string | null;
}

/** What an event says about a resource. Texts are raw. */
export type AwsReading =
  | {
      readonly state: 'firing' | 'resolved';
      readonly severity: Severity;
      /** What it is about, as the configuration names it: `ecs/production/checkout`. */
      readonly resource: string;
      /** What the same trouble is told by where a resource may have several at once; the resource itself otherwise. */
      readonly trouble?: string;
      readonly title: string;
      readonly text: readonly (string | null | undefined)[];
      /** Page of the console, or of what it links to. */
      readonly url: string | null;
      /** When it began; the event's own time otherwise. */
      readonly startedAt?: Date;
      /** The build that failed, where it may be retried. */
      readonly build?: AwsBuild | undefined;
      /** What was changed, where it says that as well. */
      readonly change?: AwsChange;
    }
  /** It says only that something was changed. */
  | { readonly change: AwsChange; readonly state?: undefined }
  /** It says nothing of trouble or its end; a short static code. */
  | { readonly ignored: string; readonly state?: undefined };

export interface AwsEventsDefinition<Schema extends z.ZodType> {
  readonly id: AwsEventSource;
  readonly title: string;
  readonly pattern: EventSource['pattern'];
  /** Only the fields of `detail` that are needed. */
  readonly detail: Schema;
  read(event: AwsEvent<z.infer<Schema>>): AwsReading;
}

/**
 * A source of events of one AWS service. Its alerts are known by account, region and resource, so that the end of a trouble finds its beginning. They
 * bind no action, whatever account they come from.
 */
export function defineAwsEvents<Schema extends z.ZodType>(definition: AwsEventsDefinition<Schema>): EventSource {
  const { id, title, pattern, detail: schema, read } = definition;
  return defineSource({
    kind: 'event',
    id,
    title,
    pattern,
    optional: true,
    toSignal(event): SourceResult {
      const envelope = Envelope.safeParse(event);
      if (!envelope.success) return { kind: 'rejected', reason: firstProblem(envelope.error) };
      const parsed = schema.safeParse(envelope.data.detail);
      if (!parsed.success) return { kind: 'rejected', reason: `detail.${firstProblem(parsed.error)}` };
      const { id: eventId, account, region, time, resources } = envelope.data;
      const place = { account, region };
      const at = new Date(time);
      const detail = parsed.data;
      const reading = read({ ...place, detailType: envelope.data['detail-type'], time: at, resources, detail });
      if ('ignored' in reading) return { kind: 'ignored', reason: reading.ignored };
      const change = reading.change === undefined ? undefined : changeFrom(reading.change, { id, place, at });
      if (reading.state === undefined)
        return { kind: 'change', deliveryId: eventId, change: change ?? null, repository: null, signal: null };
      const { state, severity, resource, trouble = resource, title: words, text, url, startedAt = at, build } = reading;
      const alert = {
        id: trouble,
        state,
        severity,
        service: resource,
        title: words,
        text: text.filter((line) => line?.trim()).join('\n'),
        url,
        startedAt,
        changedAt: state === 'firing' ? startedAt : at,
        build: state === 'firing' ? build : undefined,
      };
      const signal = signalOfAlert(alert, { provider: id, connection: connectionOfPlace(place) });
      return { kind: 'signal', branch: null, signal, ...present({ change }) };
    },
  });
}

function changeFrom(
  { id, kind, resource, title, by, state, url }: AwsChange,
  { id: source, place, at }: { readonly id: AwsEventSource; readonly place: AwsPlace; readonly at: Date },
): Change {
  return changeOf({
    id: `${kind}:${connectionOfPlace(place)}/${id}`,
    place: placeOfResource(resource, place),
    reason: `AWS sent an event of ${source}`,
    ...{ kind, at, source, title, by, state, url },
  });
}

/** Domains of the console by the beginning of a region's name; `aws.amazon.com` elsewhere. */
const CONSOLES: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'console.amazonaws.cn'],
  [/^us-gov-/, 'console.amazonaws-us-gov.com'],
];

/** A page of the console of a region. */
export function consolePage(region: string, path: string): string {
  const domain = CONSOLES.find(([beginning]) => beginning.test(region))?.[1] ?? 'console.aws.amazon.com';
  return `https://${region}.${domain}/${path}${path.includes('?') ? '&' : '?'}region=${region}`;
}

/** The last part of an ARN's resource: of `arn:aws:ecs:eu-west-1:123456789012:cluster/production` it is `production`. */
export function nameInArn(arn: string): string {
  return arn.split(':').slice(5).join(':').split('/').slice(1).join('/');
}
