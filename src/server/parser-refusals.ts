import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Metrics } from './metrics.ts';
import { REFUSALS, type Refusal } from './refusals.ts';

const CAUSES: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'headers',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
};

/** Answers what Node's HTTP parser refuses before there is a request: JSON like every other refusal, then the connection ends. */
export function answerParserRefusals(server: Server, metrics: Metrics): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      metrics.rejected('aborted');
      socket.destroy();
      return;
    }
    const cause = CAUSES[error.code ?? ''] ?? 'framing';
    metrics.rejected(cause);
    socket.end(rawAnswer(cause), () => socket.destroy());
  });
}

function rawAnswer(cause: Refusal): string {
  const { status, error } = REFUSALS[cause];
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}
