import type { Counts } from '#shared/app/common/counts.ts';
import type { AcknowledgementOutcome } from '#shared/app/intake/acknowledge-page.ts';
import { type CompleteDeps, completeSignal } from '#shared/app/intake/complete-signal.ts';
import type { ConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import type { CommandOutcome } from '#shared/app/intake/handle-comment-command.ts';
import { type IntakeMessage, readIntakeMessage, repositoryOfMessage } from '#shared/app/intake/ingest-message.ts';
import { type IngestDeps, ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import {
  type JoinedDeps,
  joinedIncident,
  type NoteDeps,
  noteAcknowledgement,
  noteChange,
  noteIgnored,
  noteOutcome,
} from '#shared/app/intake/note-event.ts';
import { placeEvent } from '#shared/app/intake/place-event.ts';
import type { SlackOutcome } from '#shared/app/slack/carry-out-order.ts';
import { modeOf, repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import type { SlackOrder } from '#shared/domain/webhooks/slack-order.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface IntakeDeps extends IngestDeps, CompleteDeps, Pick<NoteDeps, 'ledger'> {
  /** The change graph. Repeatable: the same fact is one item at each of its places. */
  readonly changes: Pick<ChangeStore, 'record'>;
  readonly control: IngestDeps['control'] & JoinedDeps['control'];
  readonly confirm: ConfirmRepository;
  readonly handleSlackOrder: (order: SlackOrder) => Promise<SlackOutcome>;
  readonly acknowledge: (acknowledgement: PagerAcknowledgement) => Promise<AcknowledgementOutcome>;
  readonly handleCommand: (command: CommentCommand) => Promise<CommandOutcome>;
  readonly meter: Meter;
  readonly counts: Pick<Counts, 'observe' | 'flush'>;
  readonly log: Log;
}

/** What the queue says of a message. */
export interface QueuedMessage {
  readonly attributes: { readonly SentTimestamp: string; readonly ApproximateReceiveCount: string };
}

/** How long a message waited; one that is delivered again was counted before. */
function noteWait({ attributes }: QueuedMessage, { counts, clock }: IntakeDeps): void {
  if (attributes.ApproximateReceiveCount !== '1') return;
  const seconds = (clock.now().getTime() - Number(attributes.SentTimestamp)) / 1000;
  if (Number.isFinite(seconds)) counts.observe('queue_wait_seconds', { queue: 'intake' }, seconds);
}

/**
 * Handles one message of the intake queue. First asks GitHub to confirm the repository; until then nothing is read or stored for the message.
 * Throws when GitHub cannot be reached, which leaves the message on the queue.
 */
export function makeHandler(deps: IntakeDeps) {
  const handle = handlerOf(deps);
  return async (body: string, queued: QueuedMessage): Promise<void> => {
    noteWait(queued, deps);
    // Not before the message is handled: its sender waits for that.
    await handle(body).finally(() => deps.counts.flush());
  };
}

function handlerOf(deps: IntakeDeps) {
  return async (body: string): Promise<void> => {
    const message = readIntakeMessage(body, EVENT_SOURCES, deps.clock.now());
    if (message.kind === 'ignored') {
      deps.meter.count(`intake-ignored-${message.reason}`);
      await noteIgnored(message, deps);
      return;
    }
    if (message.kind === 'slack') {
      const outcome = await deps.handleSlackOrder(message.order);
      deps.meter.count(`slack-${outcome}`);
      return;
    }
    if (message.kind === 'acknowledgement') {
      const outcome = await deps.acknowledge(message.acknowledgement);
      deps.meter.count(`pager-${outcome}`);
      if (outcome === 'unknown-incident' || outcome === 'place-not-allowed')
        await noteAcknowledgement(message.acknowledgement, outcome, deps);
      deps.log.info('An acknowledgement of a pager handled.', {
        incidentId: message.acknowledgement.incidentId,
        outcome,
      });
      return;
    }
    const repository = repositoryOfMessage(message);
    if (repository !== null && (await deps.confirm(repository)) === 'foreign') {
      const { deliveryId } = deliveryOf(message);
      deps.meter.count('intake-foreign-repository');
      deps.log.error('A delivery was dropped: at GitHub, the repository of this name has another id.', {
        deliveryId,
        ...repository,
      });
      if (message.kind === 'signal') await noteOutcome(message.signal, 'foreign-repository', deps);
      if (message.kind === 'change' && message.change !== null)
        await noteChange(message.change, deps, 'foreign-repository');
      return;
    }
    if (message.kind === 'command') {
      const outcome = await deps.handleCommand(message.command);
      deps.meter.count(`comment-${outcome}`);
      deps.log.info('Comment command handled.', { deliveryId: message.command.deliveryId, outcome });
      return;
    }
    if (message.change) {
      await deps.changes.record(message.change);
      deps.meter.count('intake-change');
    }
    if (message.signal === null) {
      if (message.change) await noteChange(message.change, deps);
      return;
    }
    if (
      repository !== null &&
      message.kind === 'change' &&
      repositoryModeOf(deps.configuration, repository.name) === 'off'
    ) {
      await noteOutcome(message.signal, 'mode-off', deps);
      return;
    }
    await ingest(message.signal, deps);
  };
}

const deliveryOf = (
  message: Extract<IntakeMessage, { kind: 'signal' | 'change' | 'command' }>,
): { readonly deliveryId: string } =>
  message.kind === 'command' ? message.command : message.kind === 'change' ? message : message.signal;

async function ingest(received: Signal, deps: IntakeDeps): Promise<void> {
  const placed = placeEvent(received, deps.configuration);
  const signal = await completed(placed, deps);
  if (signal === null) {
    deps.meter.count('intake-ignored-cancelled');
    await noteOutcome(placed, 'ignored-cancelled', deps);
    return;
  }
  const outcome = await ingestSignal(signal, deps);
  deps.meter.count(`intake-${outcome}`);
  if (outcome !== 'opened' && outcome !== 'reopened')
    await noteOutcome(signal, outcome, deps, await joinedIncident(signal, outcome, deps));
  deps.log.info('Signal ingested.', { deliveryId: signal.deliveryId, kind: signal.kind, outcome });
}

/** Asks GitHub only about repositories that are looked at. */
async function completed(signal: Signal, deps: IntakeDeps): Promise<Signal | null> {
  return modeOf(deps.configuration, signal.target) === 'off' ? signal : await completeSignal(signal, deps);
}
