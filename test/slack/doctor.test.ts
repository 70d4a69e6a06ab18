import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examineSlack, type Finding } from '../../src/slack/doctor.ts';
import { SystemClock } from '../../src/system/system-clock.ts';
import { SlackWorkspace } from '../fakes/slack-workspace.ts';
import { manifest } from './manifest-file.ts';
import { KeptLog } from './scene.ts';

const scopes = manifest.oauth_config.scopes.bot;
let workspace: SlackWorkspace;
beforeEach(async () => {
  workspace = new SlackWorkspace({ scopes, events: [], people: ['ada'] });
  await workspace.start();
});
afterEach(() => workspace.stop());

const examine = (change: Partial<Parameters<typeof examineSlack>[0] & object> = {}): Promise<Finding[]> => {
  const { botToken, appToken } = workspace.access;
  const settings = { botToken, appToken, signingSecret: null, apiUrl: workspace.apiUrl, ...change };
  return examineSlack(settings, scopes, { clock: new SystemClock(), log: new KeptLog() });
};
const wrong = (findings: Finding[]): string[] =>
  findings.flatMap((finding) => (finding.ok ? [] : [finding.sentence.text]));

describe('nerdy doctor slack', () => {
  it('finds nothing wrong with the app as the manifest makes it', async () => {
    expect(wrong(await examine())).toEqual([]);
  });

  it('names each scope that is missing, what it costs, and where it is added', async () => {
    workspace.access.scopes = new Set(scopes.filter((scope) => !/^(files|usergroups):/.test(scope)));
    const said = wrong(await examine());
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(
      /files:write is missing: without it full output can not be attached\. Add it under/,
    );
  });

  it('tells a bot token that Slack refuses from a Slack that is not there', async () => {
    expect(wrong(await examine({ botToken: 'xoxb-other' }))[0]).toContain('invalid_auth');
    expect(wrong(await examine({ apiUrl: 'http://127.0.0.1:1/api/' }))[0]).toContain('unreachable');
  });

  it('says what is wrong with the app-level token', async () => {
    workspace.access.appScopes = new Set();
    expect(wrong(await examine())[0]).toContain('connections:write');
  });

  it('looks at the form of a signing secret where there is no app-level token', async () => {
    const { signingSecret } = workspace.access;
    expect(wrong(await examine({ appToken: null, signingSecret: 'secret' }))[0]).toContain('32 hexadecimal');
    expect(signingSecret).toBeTruthy();
  });

  it('says how to begin where nothing is set', async () => {
    const found = await examineSlack(null, scopes, { clock: new SystemClock(), log: new KeptLog() });
    expect(wrong(found)[0]).toContain('manifest.yml');
  });
});
