import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downToleratedMs, reconnectMsMax } from '../../src/slack/limits.ts';
import { SlackWorkspace } from '../fakes/slack-workspace.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { manifest } from './manifest-file.ts';
import { openScene, type Scene } from './scene.ts';

const opened: Scene[] = [];
afterEach(async () => {
  for (const scene of opened.splice(0)) await scene.stop();
});
const open = async (...args: Parameters<typeof openScene>): Promise<Scene> => {
  const scene = await openScene(...args);
  opened.push(scene);
  return scene;
};

describe('the connection', () => {
  it('that Slack recycles is made anew, and what was said meanwhile is heard', async () => {
    const { workspace, hearing } = await open({ retrySecondMs: 20 });
    workspace.sockets.disconnect('refresh_requested');
    workspace.user('ada').says('ops', '@nerdy check memory');
    await workspace.until(() => hearing.heard[0]);
    expect(workspace.sockets.opened).toBe(2);
  });

  it('that is cut without a goodbye is made anew', async () => {
    const { workspace, hearing } = await open({ retrySecondMs: 20 });
    workspace.sockets.cut();
    workspace.user('ada').says('ops', '@nerdy check memory');
    await workspace.until(() => hearing.heard[0]);
    expect(hearing.heard).toHaveLength(1);
  });

  it('that went dead while it stands is noticed by its silence, and made anew', {
    timeout: 60_000,
  }, async () => {
    const { workspace, hearing } = await open({ retrySecondMs: 20 });
    workspace.sockets.silence();
    await workspace.until(() => (workspace.sockets.opened > 1 ? true : null));
    workspace.user('ada').says('ops', '@nerdy check memory');
    await workspace.until(() => hearing.heard[0]);
  });

  it('ends with the server, and nothing is left open', async () => {
    const { workspace, chat } = await open();
    expect(workspace.sockets.connected).toBe(1);
    await chat.connection.stop();
    await workspace.until(() => (workspace.sockets.connected === 0 ? true : null));
  });
});

describe('while it can not be made', () => {
  let clock: SteppedClock;
  let workspace: SlackWorkspace;
  beforeEach(() => {
    clock = new SteppedClock(Date.now());
    workspace = new SlackWorkspace({
      scopes: manifest.oauth_config.scopes.bot,
      events: [],
      people: ['ada'],
      channels: ['ops'],
    });
  });

  it('the surface is in trouble after a moment, tries again and again, and is well once it is there', async () => {
    const scene = await open({ clock, workspace });
    const { connection } = scene.chat;
    expect(connection.trouble()).toBeNull();
    workspace.fault = (method) => (method === 'apps.connections.open' ? { status: 503 } : null);
    const tries = (): number => workspace.calls.filter((c) => c.method === 'apps.connections.open').length;
    const before = tries();
    workspace.sockets.cut();
    while (tries() < before + 2) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.step(100);
    }
    clock.step(downToleratedMs);
    expect(connection.trouble()).toMatchObject({ code: 'slack_unreachable' });
    workspace.fault = null;
    while (connection.trouble() !== null) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.step(reconnectMsMax / 100);
    }
    await workspace.until(() => (workspace.sockets.connected === 1 ? true : null));
  });

  it('at the start the server starts all the same, and says what is wrong', async () => {
    workspace.access.isRevoked = true;
    const scene = await open({ clock, workspace });
    expect(scene.chat.connection.trouble()).toMatchObject({ code: 'slack_token_refused' });
    workspace.access.isRevoked = false;
    while (scene.chat.connection.trouble() !== null) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.step(1_000);
    }
    await workspace.until(() => (workspace.sockets.connected === 1 ? true : null));
  });
});
