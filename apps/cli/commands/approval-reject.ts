import { decideCommand } from '../approvals/decide-command.ts';

export const approvalReject = decideCommand('reject', 'reject a pending plan, so that it is not executed');
