import type { McpPorts, McpTool } from './contract.ts';
import { INCIDENT_TOOLS } from './tools/incidents.ts';
import { LOG_TOOLS } from './tools/logs.ts';
import { OPERATION_TOOLS } from './tools/operation.ts';
import { PROPOSAL_TOOLS } from './tools/proposals.ts';

/** Every tool. A model chooses worse among many: a test bounds their number. */
export const TOOLS: readonly McpTool[] = [...INCIDENT_TOOLS, ...LOG_TOOLS, ...OPERATION_TOOLS, ...PROPOSAL_TOOLS];

export const toolsFor = (ports: McpPorts): readonly McpTool[] => TOOLS.filter(({ needs }) => needs(ports));
