import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';

/** The durable intake queue, for what people ask. Resolves only after the queue accepted the command. */
export interface CommandQueue {
  sendCommand(command: CommentCommand): Promise<void>;
}
