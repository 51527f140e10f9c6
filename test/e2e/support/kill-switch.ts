import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { outputOf } from '#apps/local/stage.ts';
import type { Healer } from './healer.ts';

/** Writes the kill switch with the command of the runbook, for a drill. */
export async function writeKillSwitch(healer: Healer, position: 'on' | 'off'): Promise<void> {
  const item = position === 'on' ? runbookItem() : runbookItem().replace('"BOOL":true', '"BOOL":false');
  const TableName = outputOf(healer.runtime, 'ControlTableName');
  await healer.dynamoDb.send(new PutItemCommand({ TableName, Item: JSON.parse(item) }));
}

/** The item of the runbook's first command, as text. */
function runbookItem(): string {
  const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
  const item = /## Stop everything.+?put-item --table-name <ControlTableName> --item \\\s+'([^']+)'/s.exec(
    runbook,
  )?.[1];
  if (item === undefined) throw new Error('The runbook has no command for the kill switch.');
  return item.replace('<why>', 'a drill');
}
