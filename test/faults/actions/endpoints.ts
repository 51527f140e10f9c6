import { objectOf } from '@selfheal/local-cloud/template/json.ts';
import { type GatewayRequest, type GatewayResponse, jsonResponse } from '@selfheal/local-cloud/wire/request.ts';

const OURS = /^\/(health|pipeline|spark|team-chat)\/api\/v1\//;

/** A change that somebody caused outside. */
export interface Change {
  readonly kind: string;
  readonly target: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The company's own services as the shipped playbooks assume them: what is put under an address can be read there. */
export interface Endpoints {
  /** Null when the request is for somebody else. */
  answer(request: GatewayRequest): GatewayResponse | null;
  put(path: string, content: object): void;
  readonly changes: readonly Change[];
}

export function makeEndpoints(): Endpoints {
  const contents = new Map<string, Readonly<Record<string, unknown>>>();
  const changes: Change[] = [];
  const messages: object[] = [];
  return {
    answer({ method, path, body }) {
      if (!OURS.test(path)) return null;
      if (method === 'GET' && path.startsWith('/health/')) return jsonResponse({ status: 'up' });
      if (method === 'GET' && path.endsWith('/conversations.history')) return jsonResponse({ ok: true, messages });
      if (method === 'POST' && path.endsWith('/chat.postMessage')) {
        const message = objectOf(JSON.parse(body.toString() || '{}'));
        messages.unshift(message);
        changes.push({ kind: 'message.posted', target: String(message.channel), facts: message });
        return jsonResponse({ ok: true });
      }
      const found = contents.get(path);
      if (method === 'GET') return found === undefined ? jsonResponse({}, 404) : jsonResponse(found);
      if (method !== 'PUT') return jsonResponse({}, 405);
      const given = objectOf(JSON.parse(body.toString() || '{}'));
      const job = /\/(restarts|retries)\/[^/]+$/.test(path);
      // A job of that name is started once, as the playbooks say.
      if (job && found !== undefined) return jsonResponse(found);
      contents.set(path, { ...found, ...given, ...(job ? { state: 'running' } : {}) });
      changes.push({ kind: 'endpoint.put', target: path, facts: given });
      return jsonResponse(contents.get(path) ?? {});
    },
    put: (path, content) => void contents.set(path, { ...content }),
    changes,
  };
}
