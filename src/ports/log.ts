/** Structured logging (pino's shape): fields first, then a sentence in lower case. Never holds output or secrets. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
