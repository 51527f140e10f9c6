import { type ActionMapping, regional } from './mapping.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  converse: 'bedrock:InvokeModel',
  invoke: 'bedrock:InvokeModel',
  'converse-stream': 'bedrock:InvokeModelWithResponseStream',
  'invoke-with-response-stream': 'bedrock:InvokeModelWithResponseStream',
};

/** A cross-region inference profile needs the permission on the profile and on the model behind it. */
export const bedrockActions: ActionMapping = ({ request }, deployment) => {
  const [, encoded, verb = ''] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(request.path) ?? [];
  const action = ACTIONS[verb];
  if (encoded === undefined || action === undefined || request.method !== 'POST') return null;
  const model = decodeURIComponent(encoded);
  if (model.startsWith('arn:')) return [{ action, resource: model }];
  const foundation = `arn:aws:bedrock:${deployment.region}::foundation-model/`;
  const [, base] = /^(?:us|eu|apac|jp|au|ca|global|us-gov)\.(.+)$/.exec(model) ?? [];
  if (base === undefined) return [{ action, resource: foundation + model }];
  const profile = regional('bedrock', `inference-profile/${model}`, deployment);
  return [
    { action, resource: profile },
    { action, resource: foundation + base, context: { 'bedrock:InferenceProfileArn': profile } },
  ];
};
