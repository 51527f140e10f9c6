import type { ChannelMessage } from '#shared/plugins/notifiers/common/channel-message.ts';

/** One channel's messages, and what its vendor says about them. */
export interface Described {
  readonly channel: string;
  /** The file with the vendor's description; null where none is published, and the schema is written after the documentation. */
  readonly description: string | null;
  /** The message as its body; null when the channel says nothing about it. */
  bodyOf(message: ChannelMessage): unknown;
  /** What the description does not say and the vendor's documentation does; names of what is broken. */
  limits(body: unknown, message: ChannelMessage): string[];
  /** The schema of a body in the description. */
  schemaOf(description: Json): Json;
}

export type Json = Record<string, unknown>;
export const broken = (rules: Readonly<Record<string, boolean>>): string[] =>
  Object.entries(rules).flatMap(([name, holds]) => (holds ? [] : [name]));
export const stringsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : [];
