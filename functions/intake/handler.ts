import type { ConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import type { CommandOutcome } from '#shared/app/intake/handle-comment-command.ts';
import { readIntakeMessage, repositoryOfMessage } from '#shared/app/intake/ingest-message.ts';
import { type IngestDeps, ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface IntakeDeps extends IngestDeps {
  readonly confirm: ConfirmRepository;
  readonly handleCommand: (command: CommentCommand) => Promise<CommandOutcome>;
  readonly meter: Meter;
  readonly log: Log;
}

/**
 * One message of the intake queue. A throw leaves it on the queue, so that it waits while GitHub cannot be asked whose it is: before that is
 * known, nothing is read and nothing is stored for it.
 */
export function makeHandler(deps: IntakeDeps) {
  return async (body: string): Promise<void> => {
    const message = readIntakeMessage(body, EVENT_SOURCES, deps.clock.now());
    if (message.kind === 'ignored') {
      deps.meter.count(`intake-ignored-${message.reason}`);
      return;
    }
    const repository = repositoryOfMessage(message);
    if (repository !== null && (await deps.confirm(repository)) === 'foreign') {
      const { deliveryId } = message.kind === 'command' ? message.command : message.signal;
      deps.meter.count('intake-foreign-repository');
      deps.log.error('A delivery was dropped: GitHub does not give this id to this name.', {
        deliveryId,
        ...repository,
      });
      return;
    }
    if (message.kind === 'command') {
      const outcome = await deps.handleCommand(message.command);
      deps.meter.count(`comment-${outcome}`);
      deps.log.info('Comment taken in.', { deliveryId: message.command.deliveryId, outcome: outcome });
      return;
    }
    const { signal } = message;
    const outcome = await ingestSignal(signal, deps);
    deps.meter.count(`intake-${outcome}`);
    deps.log.info('Signal taken in.', { deliveryId: signal.deliveryId, kind: signal.kind, outcome });
  };
}
