import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { closed, listening } from './listening.ts';

/** How the model behaves: what it streams, or how it fails. */
export type ModelBehaviour =
  | { readonly kind: 'says'; readonly text: string }
  | { readonly kind: 'slow' | 'hangs' | 'garbage' | 'empty' }
  | { readonly kind: 'status'; readonly code: number };

/** An OpenAI-compatible endpoint under the test's control. */
export interface FakeModel {
  readonly url: string;
  behaviour: ModelBehaviour;
  /** The bodies of the requests so far. */
  readonly requests: string[];
  /** Those that have neither been answered nor given up by the client. */
  openRequests: number;
  close(): Promise<void>;
}

export async function startFakeModel(): Promise<FakeModel> {
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  const fake: FakeModel = {
    url: `${await listening(server)}/v1`,
    behaviour: { kind: 'says', text: 'Hello.' },
    requests: [],
    openRequests: 0,
    close: () => closed(server),
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    fake.openRequests += 1;
    response.once('close', () => (fake.openRequests -= 1));
    let body = '';
    for await (const chunk of request) body += String(chunk);
    fake.requests.push(body);
    const { behaviour } = fake;
    if (behaviour.kind === 'status') {
      response.writeHead(behaviour.code, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"no"}}');
      return;
    }
    // Slow: it accepts the request and never says a word.
    if (behaviour.kind === 'slow') return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (behaviour.kind === 'garbage') {
      response.end('<html>this is not a stream of events</html>');
      return;
    }
    if (behaviour.kind === 'hangs') {
      response.write(chunk('It begins well.\nAnd then'));
      return;
    }
    const text = behaviour.kind === 'says' ? behaviour.text : '';
    for (const word of text.split(/(?<= )/)) response.write(chunk(word));
    response.end(`${chunk('', 'stop')}data: [DONE]\n\n`);
  }
  return fake;
}

function chunk(content: string, finishReason: 'stop' | null = null): string {
  const data = {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fake',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finishReason }],
  };
  return `data: ${JSON.stringify(data)}\n\n`;
}
