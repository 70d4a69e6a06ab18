import { beforeEach, describe, expect, it } from 'vitest';
import { createTerminalLog, notConnected } from '../../../agent/src/link/terminal-log.ts';

let screen = '';
const log = () =>
  createTerminalLog((text) => (screen += text), {
    name: 'db1',
    server: '/data/gateway.sock',
    isLocal: true,
  });
beforeEach(() => {
  screen = '';
});
const refused = { reason: '14 UNAVAILABLE: No connection established. Last error: ENOENT', waitMs: 4_000 };

describe("the agent's log at a terminal", () => {
  it('says once that no server answers, where it looked, and what to do', () => {
    log().warn(refused, notConnected);
    expect(screen).toMatch(/^No server answers at \/data\/gateway\.sock\. Start it with `npm start`.*\n$/);
    expect(screen).not.toMatch(/UNAVAILABLE|[{}]/);
  });

  it('writes over one line at the tries that follow', () => {
    const { warn } = log();
    for (let i = 0; i < 3; i++) warn(refused, notConnected);
    expect(screen.split('\n')).toHaveLength(2);
    expect(screen.endsWith('\r\u001B[K  no server yet, try 3; the next in 4 s')).toBe(true);
  });

  it('says that it is connected, on a line of its own, and tells the next outage anew', () => {
    const { warn, info } = log();
    for (let i = 0; i < 2; i++) warn(refused, notConnected);
    info({}, 'connected to the gateway');
    expect(screen.endsWith('\r\u001B[KConnected as "db1". Ctrl-C ends the agent.\n')).toBe(true);
    warn(refused, notConnected);
    expect(screen).toMatch(/No server answers.*\n$/);
  });

  it('says anything else as a sentence', () => {
    log().error({ err: 'ENOSPC' }, 'orders could not be taken');
    expect(screen).toBe('Orders could not be taken. (ENOSPC)\n');
  });
});
