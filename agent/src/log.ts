/** Structured logging: fields first, then a sentence in lower case. Never a script's text, never output. */
export interface AgentLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One line of JSON for each message. @param write gets the whole line with its end. */
export const createLog = (write: (line: string) => void, now: () => number): AgentLog => {
  const say = (level: string) => (fields: object, message: string) =>
    write(`${JSON.stringify({ time: now(), level, name: 'nerdy-agent', ...fields, msg: message })}\n`);
  return { info: say('info'), warn: say('warn'), error: say('error') };
};
