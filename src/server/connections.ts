import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of a server, never more than a given number. */
export interface Connections {
  /** All of them, also those in the TLS handshake, which Node's HTTP server does not know yet. */
  readonly open: () => Iterable<Socket>;
  /** Says that a connection was of use: of those it is the last to be closed. */
  readonly served: (socket: Socket) => void;
}

/**
 * Keeps at most `most` connections. A new one is never turned away; in its place the oldest one that was of no use yet is
 * closed when these have more than half of the room, else the one that has been idle longest. Whoever opens many pushes out
 * their own first.
 */
export function limitConnections(server: Server, most: number, onClosed: () => void): Connections {
  // Sets keep the order in which things were added.
  const silent = new Set<Socket>();
  const useful = new Set<Socket>();
  // After the handshake the HTTP server speaks of another object for the same connection.
  const below = new WeakMap<Socket, Socket>();
  const handshakes = new Map<string, Socket>();

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    handshakes.set(peer, socket);
    silent.add(socket);
    socket.once('close', () => {
      silent.delete(socket);
      useful.delete(socket);
      if (handshakes.get(peer) === socket) handshakes.delete(peer);
    });
    if (silent.size + useful.size <= most) return;
    // A new one needs time for its handshake: while few are silent, they are not the ones that take the room.
    const [oldest] = silent.size > most / 2 || useful.size === 0 ? silent : useful;
    oldest?.destroy();
    onClosed();
  });
  server.on('secureConnection', (socket: Socket) => {
    const raw = handshakes.get(peerOf(socket));
    if (raw) below.set(socket, raw);
  });
  return {
    open: () => [...silent, ...useful],
    served: (socket) => {
      const raw = below.get(socket) ?? socket;
      if (!silent.delete(raw) && !useful.delete(raw)) return;
      useful.add(raw);
    },
  };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
