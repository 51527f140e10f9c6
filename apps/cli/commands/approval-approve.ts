import { decideCommand } from '../approvals/decide-command.ts';

export const approvalApprove = decideCommand('approve', 'approve a pending plan');
