import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Where the proxy forwards to. */
export type ProxyTarget = { readonly host?: string; readonly port: number };

/** A TCP proxy whose faults are switched on and off while it runs. */
export type FaultProxy = {
  readonly port: number;
  /** Delay of each chunk in each direction. */
  latencyMs: number;
  /** Resets every open connection and refuses new ones until `heal`. */
  cut(): void;
  /** Keeps connections open, accepts new ones, and forwards nothing until `heal`. */
  hang(): void;
  heal(): void;
  close(): Promise<void>;
};

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(target: ProxyTarget): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'hung' = 'open';
  let release: (() => void)[] = [];

  const forward = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        const pass = () => {
          if (state === 'hung') release.push(pass);
          else done(null, chunk);
        };
        if (proxy.latencyMs > 0) setTimeout(pass, proxy.latencyMs);
        else pass();
      },
    });
  const track = (socket: Socket, peer: () => Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      peer().destroy();
    });
    socket.on('error', () => peer().destroy());
  };

  const server = createServer((client) => {
    if (state === 'cut') {
      reset(client);
      return;
    }
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, noDelay: true });
    client.setNoDelay(true);
    track(client, () => upstream);
    track(upstream, () => client);
    client.pipe(forward()).pipe(upstream);
    upstream.pipe(forward()).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const dropAll = () => {
    for (const socket of sockets) reset(socket);
  };
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    latencyMs: 0,
    cut: () => {
      state = 'cut';
      dropAll();
    },
    hang: () => {
      state = 'hung';
    },
    heal: () => {
      state = 'open';
      const passes = release;
      release = [];
      for (const pass of passes) pass();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      dropAll();
      await closed;
    },
  };
  return proxy;
}

/** Node leaks the handle of a socket that is reset while it ends, and then never gets through its own exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
