/** A request as it came: the platform's signature is over these very bytes. */
export interface ChatRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface ChatReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Where a platform calls this server over HTTP. No token of ours is asked for there: the adapter checks who calls. */
export interface ChatRoute {
  /** `/slack/events`; it is called by POST alone. */
  path: string;
  /** Never rejects for what a caller can send. */
  answer(request: ChatRequest): Promise<ChatReply>;
}
