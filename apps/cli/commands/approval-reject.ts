import { decideCommand } from '../approvals/decide-command.ts';

export const approvalReject = decideCommand('reject', 'reject a plan that waits for a person: nothing is changed');
