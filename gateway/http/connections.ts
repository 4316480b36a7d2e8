import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf, plain } from './address.js';

export interface ConnectionBounds {
  readonly inAll: number;
  /** Of one network; null where proxies of our own make all connections, and bound those of their callers. */
  readonly ofOne: number | null;
}

/**
 * Bounds the connections of a server, in all and of one network. For a new one, the one that has waited for its peer for
 * longest is closed, so that what is merely open costs nobody else a place; only where all are being answered the new one is.
 */
export function boundConnections(
  server: Server,
  bounds: ConnectionBounds,
): Pick<Connections, 'closeResting'> {
  const connections = new Connections(bounds);
  server.on('connection', (socket) => {
    connections.enter(socket);
  });
  server.on('request', ({ socket }, response) => {
    connections.answer(socket, response);
  });
  return connections;
}

class Connections {
  readonly #bounds: ConnectionBounds;
  /** The longest at rest first. */
  readonly #all = new Set<Socket>();
  readonly #ofNetwork = new Map<string, Set<Socket>>();
  readonly #networkOf = new WeakMap<Socket, string>();
  readonly #lastAnswer = new WeakMap<Socket, ServerResponse>();

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  enter(socket: Socket): void {
    const { inAll, ofOne } = this.#bounds;
    const network = networkOf(plain(socket.remoteAddress ?? 'unknown'));
    const isRoom =
      (ofOne === null || this.#makeRoom(this.#own(network), ofOne)) && this.#makeRoom(this.#all, inAll);
    if (!isRoom) {
      socket.destroy();
      return;
    }
    this.#networkOf.set(socket, network);
    this.#add(socket);
    socket.once('close', () => {
      this.#remove(socket);
    });
  }

  answer(socket: Socket, response: ServerResponse): void {
    this.#lastAnswer.set(socket, response);
    response.once('close', () => {
      if (!this.#all.has(socket)) return;
      this.#remove(socket);
      this.#add(socket);
    });
  }

  /** All that carry no request, also those that never did, which Node does not count as idle. */
  closeResting(): void {
    for (const socket of this.#all) {
      if (this.#isAtRest(socket)) socket.destroy();
    }
  }

  #makeRoom(open: ReadonlySet<Socket>, most: number): boolean {
    if (open.size < most) return true;
    for (const socket of open) {
      if (!this.#waitsForPeer(socket)) continue;
      this.#remove(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  /** A request that comes in slowly holds its place no better than none. */
  #waitsForPeer(socket: Socket): boolean {
    return this.#isAtRest(socket) || this.#lastAnswer.get(socket)?.req.complete === false;
  }

  #isAtRest(socket: Socket): boolean {
    return this.#lastAnswer.get(socket)?.closed ?? true;
  }

  #own(network: string): Set<Socket> {
    return this.#ofNetwork.get(network) ?? new Set();
  }

  #add(socket: Socket): void {
    const network = this.#networkOf.get(socket) ?? 'unknown';
    this.#all.add(socket);
    this.#ofNetwork.set(network, this.#own(network).add(socket));
  }

  #remove(socket: Socket): void {
    const network = this.#networkOf.get(socket) ?? 'unknown';
    const own = this.#own(network);
    this.#all.delete(socket);
    own.delete(socket);
    if (own.size === 0) this.#ofNetwork.delete(network);
  }
}
