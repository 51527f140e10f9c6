import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { present } from '@selfheal/kernel/present.ts';
import { redact, redactName } from '@selfheal/redaction/redact.ts';
import type { AwsBuild } from '../incident/aws-build.ts';
import { sentLink } from '../incident/sent-link.ts';
import type { Signal } from '../incident/signal.ts';
import { AlertTarget, type Severity } from '../incident/target-context.ts';

/** An alarm of another tool as its source read it. Texts are raw. */
export interface Alert {
  /** What the sender identifies the alarm by: the same for each change of its state, and for no other alarm of the connection. */
  readonly id: string;
  readonly state: 'firing' | 'resolved';
  readonly severity: Severity;
  /** As the sender names it; null: it names none. */
  readonly service: string | null;
  readonly title: string;
  /** What it says about it, in the sender's words; empty without any. */
  readonly text: string;
  /** The sender's page about it. */
  readonly url: string | null;
  /** When the alarm began. */
  readonly startedAt: Date;
  /** When this state began; of a firing alarm the same. */
  readonly changedAt: Date;
  /** Of an event of AWS about a build that failed. */
  readonly build?: AwsBuild | undefined;
}

const MAX_SERVICE = 100;
const [MAX_TITLE, MAX_TEXT] = [300, 2000];

/** The signal of an alert: equal for repeats of it, whatever else is in their deliveries. */
export function signalOfAlert(
  alert: Alert,
  { provider, connection }: { readonly provider: string; readonly connection: string },
): Signal {
  const key = digestOf(canonicalJson([provider, connection, alert.id]), 40);
  const target: AlertTarget = {
    kind: 'alert',
    provider,
    connection,
    key,
    service: alert.service === null ? null : redactName(alert.service.trim(), MAX_SERVICE) || null,
    severity: alert.severity,
    url: AlertTarget.shape.url.safeParse(sentLink(alert.url)).data ?? null,
    changedAt: alert.startedAt.toISOString(),
    ...present({ build: alert.build }),
  };
  const at = alert.changedAt.toISOString();
  return {
    version: 1,
    deliveryId: `alert-${digestOf(canonicalJson([key, alert.state, target.changedAt, at]), 40)}`,
    source: provider,
    kind: alert.state === 'firing' ? 'alarm-raised' : 'alarm-cleared',
    occurredAt: at,
    target,
    tainted: {
      // A title may be of characters that nobody sees.
      title: redactName(redactName(alert.title, MAX_TITLE) || 'An alert without a title', MAX_TITLE),
      branch: null,
      branchKey: null,
      reason: alert.text.trim() === '' ? null : redact(alert.text.slice(0, 4 * MAX_TEXT)).text.slice(0, MAX_TEXT),
    },
  };
}
