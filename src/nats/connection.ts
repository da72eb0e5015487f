import { readFileSync } from "node:fs";
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
} from "@nats-io/transport-node";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { NatsError } from "./errors.js";

/** How to connect to a NATS server. No error and no message of this package shows a secret. */
export type NatsOptions = {
  /** One server, or several of a cluster. Default: `nats://127.0.0.1:4222`. */
  readonly url?: string | readonly string[];
  /** The credentials of the client. Default: none. */
  readonly credentials?: NatsCredentials;
  /** TLS settings, such as `caFile`, `certFile` and `keyFile`. */
  readonly tls?: TlsOptions;
  /** The name that the server's monitoring shows. */
  readonly name?: string;
};

/** The credentials of a client. Files are read when the connection is made. */
export type NatsCredentials =
  /** A `.creds` file: a JWT and its seed. */
  | { readonly kind: "creds"; readonly file: string }
  /** A file with the seed of an NKey. */
  | { readonly kind: "nkey"; readonly file: string }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "user"; readonly user: string; readonly password: string };

/**
 * Options from the environment: `NATS_URL` (several with commas between), and one of
 * `NATS_CREDS` (a file), `NATS_NKEY` (a file with a seed), `NATS_TOKEN`, or `NATS_USER` with
 * `NATS_PASSWORD`; `NATS_CA`, `NATS_CERT` and `NATS_KEY` are files for TLS.
 */
export function natsOptionsFrom(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NatsOptions {
  const { NATS_URL, NATS_CA: caFile, NATS_CERT: certFile, NATS_KEY: keyFile } = environment;
  const files = Object.entries({ caFile, certFile, keyFile }).filter(([, file]) => file);
  const credentials = credentialsIn(environment);
  return {
    ...(NATS_URL ? { url: NATS_URL.split(",").map((url) => url.trim()) } : {}),
    ...(credentials === undefined ? {} : { credentials }),
    ...(files.length > 0 ? { tls: Object.fromEntries(files) } : {}),
  };
}

function credentialsIn(
  environment: Readonly<Record<string, string | undefined>>,
): NatsCredentials | undefined {
  const { NATS_CREDS, NATS_NKEY, NATS_TOKEN, NATS_USER, NATS_PASSWORD = "" } = environment;
  if (NATS_CREDS) {
    return { kind: "creds", file: NATS_CREDS };
  }
  if (NATS_NKEY) {
    return { kind: "nkey", file: NATS_NKEY };
  }
  if (NATS_TOKEN) {
    return { kind: "token", token: NATS_TOKEN };
  }
  return NATS_USER ? { kind: "user", user: NATS_USER, password: NATS_PASSWORD } : undefined;
}

/**
 * Connects to a server. The connection is restored whenever it is lost, without end.
 *
 * @throws NatsError `unreachable` when no server answers or it refuses the credentials.
 * @throws InvalidArgumentError when a URL or a file of credentials cannot be read.
 */
export async function connectToNats(
  options: NatsOptions = natsOptionsFrom(),
): Promise<NatsConnection> {
  const urls = [options.url ?? "nats://127.0.0.1:4222"].flat().map(parsedUrl);
  const credentials = options.credentials ?? urls.flatMap(({ user }) => user ?? [])[0];
  try {
    return await connect({
      servers: urls.map(({ server }) => server),
      name: options.name ?? "mission-dossier",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      // A trace for each request costs more than the request.
      noAsyncTraces: true,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...authentication(credentials),
    });
  } catch (error) {
    if (error instanceof InvalidArgumentError) {
      throw error;
    }
    const servers = urls.map(({ server }) => server).join(", ");
    throw new NatsError("unreachable", `No connection to ${servers}`, error);
  }
}

/** The address of a server, and the user that the URL may contain. */
function parsedUrl(text: string): { server: string; user: NatsCredentials | undefined } {
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `nats://${text}`);
  } catch {
    throw new InvalidArgumentError("url", "the URL of a NATS server", "another text");
  }
  const [name, password] = [url.username, url.password].map(decodeURIComponent);
  const server = `${url.protocol}//${url.host}`;
  if (!name) {
    return { server, user: undefined };
  }
  return {
    server,
    user: password ? { kind: "user", user: name, password } : { kind: "token", token: name },
  };
}

function authentication(credentials: NatsCredentials | undefined): ConnectionOptions {
  switch (credentials?.kind) {
    case "creds":
      return { authenticator: credsAuthenticator(secretIn(credentials.file)) };
    case "nkey":
      return { authenticator: nkeyAuthenticator(trimmed(secretIn(credentials.file))) };
    case "token":
      return { token: credentials.token };
    case "user":
      return { user: credentials.user, pass: credentials.password };
    case undefined:
      return {};
  }
}

function secretIn(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new InvalidArgumentError("credentials", "a file that can be read", file);
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(bytes).trim());
}
