import {
  ServerResponse,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
} from 'node:http';

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Who wants to know how an answer goes. */
export interface AnswerListener {
  /** Once, when the head is on its way; of a stream, the rest follows. */
  headSent(statusCode: number): void;
  /** The answer is over, or its client is gone. */
  closed(): void;
}

declare module 'node:http' {
  interface ServerResponse {
    answerListener?: AnswerListener | undefined;
  }
}

/** An answer that tells when its head is sent, whoever sends it: Fastify, a stream, or a handler by itself. */
export class Answer<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  override answerListener: AnswerListener | undefined = undefined;

  override writeHead(statusCode: number, statusMessage?: string, headers?: Headers): this;
  override writeHead(statusCode: number, headers?: Headers): this;
  override writeHead(statusCode: number, ...rest: []): this {
    super.writeHead(statusCode, ...rest);
    this.answerListener?.headSent(statusCode);
    return this;
  }
}
