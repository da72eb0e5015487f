import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The restrictions on requests to a server. */
export type Access = {
  /** The host that the server is bound to. */
  readonly host: string;
  /** The token that each request for data must have, if any. */
  readonly token?: string | undefined;
};

/** Whether only programs on this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/**
 * Whether a request names this server as its host. Without this check, a page from elsewhere, whose
 * host name is made to resolve to this machine (DNS rebinding), could read the states. A token also
 * protects them, since no such page has it.
 */
export function isForHost({ headers: { host } }: IncomingMessage, access: Access): boolean {
  if (access.token !== undefined && !isLoopback(access.host)) {
    return true;
  }
  const name = (host ?? "").replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1");
  return isLoopback(name) || name.toLowerCase() === access.host.toLowerCase();
}

/** Whether a request has the token, if the server has one. */
export function hasToken({ headers }: IncomingMessage, { token }: Access): boolean {
  const [, given = ""] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  // Digests, since values of different lengths could be told apart by time.
  return token === undefined || timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
