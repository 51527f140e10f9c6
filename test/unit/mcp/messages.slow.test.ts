import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { aServedApi } from '../cli/served-api.ts';
import { anMcpClient } from './mcp-client.ts';

/** The published JSON Schema of the protocol; without it there is nothing to compare with. */
const FOLDER = process.env.MCP_SCHEMAS ?? join(import.meta.dirname, '../../../../shared/data/api-descriptions');
const fileOf = (revision: string) => join(FOLDER, `mcp-${revision}.schema.json.gz`);

/** The definition of the answer to each method. */
const RESULTS: Readonly<Record<string, string>> = {
  initialize: 'InitializeResult',
  'server/discover': 'DiscoverResult',
  'tools/list': 'ListToolsResult',
  'tools/call': 'CallToolResult',
  'resources/list': 'ListResourcesResult',
  'resources/templates/list': 'ListResourceTemplatesResult',
  'resources/read': 'ReadResourceResult',
  'prompts/list': 'ListPromptsResult',
  'prompts/get': 'GetPromptResult',
};

describe.each(['2025-11-25', '2026-07-28'])('messages of the revision %s', (revision) => {
  it.skipIf(!existsSync(fileOf(revision)))('match the published schema (MCP_SCHEMAS names its folder)', async () => {
    const schema = JSON.parse(gunzipSync(readFileSync(fileOf(revision))).toString()) as object;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(schema, 'mcp');
    const wrong = (definition: string, value: unknown): unknown => {
      const check = ajv.getSchema(`mcp#/$defs/${definition}`);
      if (check === undefined) return `no definition ${definition}`;
      return check(value) ? null : check.errors;
    };
    const api = await aServedApi();
    const environment = { SELFHEAL_URL: api.url, SELFHEAL_TOKEN: 'viewer' };
    const { client, messages } = await anMcpClient({ environment, revision });
    const incident = api.incident.id;
    await client.listTools();
    await client.listResources();
    await client.listResourceTemplates();
    await client.listPrompts();
    await client.readResource({ uri: `selfheal://incidents/${incident}` });
    await client.readResource({ uri: 'selfheal://guides/test_failure' });
    await client.getPrompt({ name: 'why_did_this_fail', arguments: { incident } });
    await client.callTool({ name: 'show_incident', arguments: { incident } });
    await client.callTool({ name: 'show_incident', arguments: { incident: 'gh-ffffffff' } });
    await client.callTool({ name: 'triage_log', arguments: { text: 'x' } }, { onprogress: () => {} });
    await client.callTool({ name: 'no_such_tool', arguments: {} }).catch(() => {});

    const methods = new Map<unknown, string>();
    const problems: unknown[] = [];
    const seen = new Set<string>();
    const note = (definition: string, value: unknown): void => {
      seen.add(definition);
      const errors = wrong(definition, value);
      if (errors !== null) problems.push({ definition, value, errors });
    };
    for (const { from, message } of messages) {
      const { id, method, result, error } = message as unknown as Record<string, unknown>;
      if (from === 'client') {
        if (id !== undefined) methods.set(id, String(method));
        continue;
      }
      if (error !== undefined) note('JSONRPCErrorResponse', message);
      else if (method !== undefined) note('ProgressNotification', message);
      else {
        note('JSONRPCResultResponse', message);
        note(RESULTS[methods.get(id) ?? ''] ?? 'an answer to nothing', result);
      }
    }
    expect(problems).toEqual([]);
    expect(seen.size).toBeGreaterThanOrEqual(11);
  });
});
