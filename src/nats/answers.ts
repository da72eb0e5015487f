import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";

/** Why a request for many messages has ended. */
export type AnswersEnd = {
  /** The status with which the server ended it; 0 if it was silent, or the request was closed. */
  readonly code: number;
  readonly description: string;
  /** How many messages came. */
  readonly received: number;
};

/** An open request. */
export type Answers = {
  readonly ended: Promise<AnswersEnd>;
  /** Asks for no more messages. Those that are on their way still come before the end. */
  close(): void;
};

/**
 * Asks the server for many messages at once, by a request with an inbox of its own. So every
 * message comes from one request, which does not survive a restart of the server.
 *
 * @param silence How long to wait for the next message, in milliseconds.
 * @param most The number of messages after which nothing more comes.
 */
export function requestAnswers(
  nats: NatsConnection,
  subject: string,
  request: unknown,
  { silence, most, onMessage }: AnswersOptions,
): Answers {
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  let end: (reason: AnswersEnd) => void = () => undefined;
  const ended = new Promise<AnswersEnd>((resolve) => {
    end = resolve;
  });
  const inbox = createInbox();
  const subscription = nats.subscribe(inbox, {
    callback: (error, message) => {
      timer?.refresh();
      // The server's own messages have a status and no content. Reading headers takes time.
      const isOwn = error === null && message.data.length === 0;
      const status = isOwn ? (message.headers?.code ?? 0) : 0;
      if (error !== null) {
        close({ code: 0, description: error.message });
      } else if (status !== 0) {
        close({ code: status, description: message.headers?.description ?? "" });
      } else {
        received++;
        onMessage(message);
        if (received === most) {
          close({ code: 0, description: "complete" });
        }
      }
    },
  });
  function close(reason: Omit<AnswersEnd, "received">): void {
    clearTimeout(timer);
    if (!subscription.isClosed()) {
      subscription.unsubscribe();
    }
    end({ ...reason, received });
  }
  timer = setTimeout(() => close({ code: 0, description: "silence" }), silence);
  nats.publish(subject, JSON.stringify(request), { reply: inbox });
  const closed = () => close({ code: 0, description: "closed" });
  return {
    ended,
    close: () => {
      clearTimeout(timer);
      timer = setTimeout(closed, ON_THEIR_WAY_MS);
      if (!subscription.isClosed() && !subscription.isDraining()) {
        subscription.drain().then(closed, closed);
      }
    },
  };
}

/** How long messages may be on their way, in milliseconds: the connection may be lost. */
const ON_THEIR_WAY_MS = 1_000;

export type AnswersOptions = {
  readonly silence: number;
  readonly most?: number;
  readonly onMessage: (message: Msg) => void;
};
