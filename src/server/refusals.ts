/** Every way in which a request is refused, with its status and the sentence that the client reads. */
export const REFUSALS = {
  'not-found': { status: 404, error: 'no such path' },
  method: { status: 405, error: 'only POST is allowed' },
  'client-certificate': { status: 403, error: 'the name of the client certificate is not among auth.names' },
  host: { status: 400, error: 'the Host header is missing' },
  headers: { status: 431, error: 'the request headers are too large' },
  framing: { status: 400, error: 'the request is not well-formed HTTP' },
  timeout: { status: 408, error: 'the request did not arrive in time' },
  'content-encoding': { status: 415, error: 'Content-Encoding is not supported: send the body as it is' },
  'content-type': { status: 415, error: 'Content-Type must be application/json in UTF-8' },
  'too-large': { status: 413, error: 'the body is too large' },
  overload: { status: 503, error: 'too many reviews at once: try again' },
  empty: { status: 400, error: 'the body is empty' },
  encoding: { status: 400, error: 'the body is not valid UTF-8' },
  json: { status: 400, error: 'the body is not valid JSON' },
  review: { status: 400, error: 'the body is not an AdmissionReview' },
} as const satisfies Record<string, { status: number; error: string }>;

/** Why a request was refused. */
export type Refusal = keyof typeof REFUSALS;

/** Why a request got no review, for the metric: refused, given up by the client, a TLS handshake that failed, or a connection closed to make room. */
export type RejectionCause = Refusal | 'aborted' | 'tls' | 'connections';
