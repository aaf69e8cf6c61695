import { once } from 'node:events';
import { connect } from 'node:tls';

/** When the certificate that a server shows to a new connection expires. */
export async function servedUntil(url: string, authority: string): Promise<Date> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca: authority });
  await once(socket, 'secureConnect');
  const { valid_to: until } = socket.getPeerCertificate();
  socket.destroy();
  return new Date(until);
}
