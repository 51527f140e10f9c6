import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { UnreadableAnswer } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { ModelAnswer, ModelTurn, TokenUse, ToolUse } from '#shared/ports/model-client.ts';
import type { ModelPorts } from '../contract.ts';

/** Token count as providers report it: absent and null mean none. */
export const Count = z
  .number()
  .int()
  .nonnegative()
  .nullish()
  .transform((count) => count ?? 0);

/** An address below the provider's usual base, or below the configured one. */
export function addressOf(usual: string, path: string, { baseUrl }: ModelSettings): string {
  return `${(baseUrl ?? usual).replace(/\/+$/, '')}${path}`;
}

/** Of providers whose temperature ends at 1: what is wrong with the one that is set; null when nothing is. */
export function temperatureProblem({ temperature = 0 }: ModelSettings): string | null {
  return temperature > 1 ? `temperature is ${temperature}; this provider takes 0 to 1.` : null;
}

/** Parses a provider's answer. Throws `UnreadableAnswer` naming the field: the next answer may be valid. */
export function parseWire<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UnreadableAnswer(`The model's answer does not match its API: ${issue?.path.join('.')}: ${issue?.message}`);
}

type ModelsTurn = Extract<ModelTurn, { role: 'assistant' }>;

/**
 * The turns of a conversation for APIs in which only the model's turns and the results of tools have a form of their
 * own. `resultOf` gets the result with its text, which says when the tool failed.
 */
export function chatItems(
  turns: readonly ModelTurn[],
  itemsOf: (turn: ModelsTurn) => readonly object[],
  resultOf: (result: Record<'id' | 'name' | 'text', string>) => object,
): object[] {
  const said = (text: string) => ({ role: 'user', content: text });
  return turns.flatMap((turn): readonly object[] => {
    switch (turn.role) {
      case 'user':
        return [said(turn.text)];
      case 'assistant':
        return itemsOf(turn);
      case 'results': {
        const results = turn.results.map(({ id, name, text, failed }) =>
          resultOf({ id, name, text: failed ? `Failed: ${text}` : text }),
        );
        return turn.text === '' ? results : [...results, said(turn.text)];
      }
      default:
        return turn satisfies never;
    }
  });
}

/**
 * The answer in the port's form. `whole`: false when it was cut off or declined, so that no partial tool call is used.
 */
export function answerOf(text: string, uses: readonly ToolUse[], whole: boolean, tokens: TokenUse | null): ModelAnswer {
  return whole && uses.length > 0 ? { kind: 'tools', text, uses, tokens } : { kind: 'text', text, tokens };
}

/** Tool input that a provider sends as text. Text that is not JSON stays a text, which no schema accepts. */
export function inputFromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The header with the key, or none. */
export async function bearerOf(sends: boolean, ports: ModelPorts): Promise<Record<string, string>> {
  return sends ? { authorization: `Bearer ${await ports.key()}` } : {};
}
