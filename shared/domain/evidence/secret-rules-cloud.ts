import type { SecretRule } from './secret-rule.ts';

/** Keys of clouds, hosted models and monitoring. */
export const CLOUD_RULES: readonly SecretRule[] = [
  {
    kind: 'aws-access-key',
    literals: ['akia', 'asia', 'abia', 'acca'],
    pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
    // A signed URL is made to be handed out and says who signed it; its signature is the secret (AWS, "Using presigned URLs").
    unlessBehind: /X-Amz-Credential=$/i,
  },
  {
    kind: 'aws-bedrock-key',
    literals: ['absk', 'bedrock-api-key-'],
    pattern: /\b(?:ABSK[A-Za-z0-9+/=]{60,300}|bedrock-api-key-[A-Za-z0-9+/=]{20,2000})/g,
  },
  {
    kind: 'google-key',
    literals: ['aiza', 'ya29.', 'gocspx-'],
    pattern: /\b(?:AIza[\w-]{35}|ya29\.[\w-]{20,1000}|GOCSPX-[\w-]{20,60})/g,
  },
  {
    kind: 'azure-key',
    literals: ['accountkey=', 'sharedaccesskey=', 'sharedsecret='],
    pattern: /\b(?:AccountKey|SharedAccessKey|SharedSecret)=(?<secret>[A-Za-z0-9+/]{20,200}={0,2})/gi,
  },
  { kind: 'azure-key', literals: ['sig='], pattern: /[?&;]sig=(?<secret>[A-Za-z0-9%+/=_-]{30,200})/g },
  {
    kind: 'presigned-url',
    literals: ['-signature=', '-security-token='],
    pattern: /\bX-(?:Amz|Goog)-(?:Signature|Security-Token)=(?<secret>[A-Za-z0-9%+/=_-]{30,4000})/gi,
  },
  { kind: 'azure-key', literals: ['q~'], pattern: /\b[\w~.-]{3}\dQ~[\w~.-]{31,34}/g },
  { kind: 'anthropic-key', literals: ['sk-ant-'], pattern: /\bsk-ant-[\w-]{20,200}/g },
  {
    kind: 'openai-key',
    literals: ['sk-'],
    pattern: /\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,200}/g,
    mixed: true,
  },
  {
    kind: 'model-key',
    literals: ['hf_', 'api_org_', 'gsk_', 'xai-', 'r8_', 'pplx-', 'lsv2_'],
    pattern:
      /\b(?:hf_[A-Za-z0-9]{34}\b|api_org_[A-Za-z0-9]{34}\b|(?:gsk_|xai-|r8_|pplx-)[A-Za-z0-9]{30,150}|lsv2_[ps][kt]_[a-f0-9_]{30,60})/g,
  },
  { kind: 'digitalocean-token', literals: ['_v1_'], pattern: /\bdo[opr]_v1_[a-f0-9]{64}/g },
  { kind: 'databricks-token', literals: ['dapi'], pattern: /\bdapi[a-f0-9]{32}(?:-\d)?\b/g },
  {
    kind: 'grafana-token',
    literals: ['glsa_', 'glc_'],
    pattern: /\b(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,3})/gi,
  },
  {
    kind: 'monitoring-key',
    literals: ['nrak-', 'nrjs-', 'nrii-', 'nrra-', 'dt0c01.', 'sntrys_', 'sntryu_', 'lin_api_', 'phc_', 'phx_'],
    pattern:
      /\b(?:NR(?:AK|JS|II|RA)-[A-Za-z0-9-]{19,36}|dt0c01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}|sntry[su]_[\w+/=]{60,400}|lin_api_[A-Za-z0-9]{40}|ph[cx]_[A-Za-z0-9]{40,60})/gi,
  },
];
