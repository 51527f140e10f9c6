/** Bodies as GitHub and EventBridge send them, with more fields than are read. */
export function aWorkflowRunBody(
  change: { action?: string; run?: Record<string, unknown>; repository?: Record<string, unknown> } = {},
): Record<string, unknown> {
  return {
    action: change.action ?? 'completed',
    workflow_run: {
      id: 9001,
      name: 'Build',
      display_title: 'Add a basket',
      status: 'completed',
      conclusion: 'failure',
      event: 'pull_request',
      head_branch: 'feature/basket',
      head_sha: 'b'.repeat(40),
      head_repository: { id: 4711, full_name: 'acme/shop' },
      workflow_id: 77,
      run_attempt: 1,
      run_number: 5,
      updated_at: '2026-11-21T11:59:00Z',
      actor: { login: 'octo-dev', type: 'User' },
      pull_requests: [{ number: 12, base: { ref: 'main', repo: { id: 4711 } } }],
      ...change.run,
    },
    repository: { id: 4711, full_name: 'acme/shop', default_branch: 'main', private: true, ...change.repository },
    installation: { id: 31 },
    sender: { login: 'octo-dev' },
  };
}

export function anAlarmEvent(
  change: {
    event?: Record<string, unknown>;
    name?: string;
    state?: Record<string, unknown>;
    previousState?: Record<string, unknown>;
  } = {},
): Record<string, unknown> {
  const { name = 'checkout-errors' } = change;
  return {
    version: '0',
    id: '6a1c5b1e-0000-4000-8000-000000000001',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: '2026-11-21T11:58:01Z',
    region: 'eu-west-1',
    resources: [`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`],
    detail: {
      alarmName: name,
      state: {
        value: 'ALARM',
        reason: 'Threshold crossed.',
        timestamp: '2026-11-21T11:58:00.000+0000',
        ...change.state,
      },
      previousState: {
        value: 'OK',
        reason: 'Fine.',
        timestamp: '2026-11-20T10:00:00.000+0000',
        ...change.previousState,
      },
    },
    ...change.event,
  };
}
