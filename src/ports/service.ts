/** A long-lived thing. `start` resolves when it serves; `stop` drains, may be called twice or without `start`. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
