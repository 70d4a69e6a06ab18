import { expect, test } from 'vitest';
import { dataPlace } from '../../../agent/src/core/data-place.ts';

const at = (platform: string, isRoot: boolean, env: Record<string, string> = {}, home = '/home/ada') =>
  dataPlace({ platform, isRoot, home, env });

test('a service keeps its data where the system keeps those of services', () => {
  expect(at('linux', true)).toBe('/var/lib/nerdyops-agent');
  expect(at('darwin', true)).toBe('/Library/Application Support/NerdyOps/agent');
  expect(at('win32', false)).toBe('C:\\ProgramData\\NerdyOps\\agent');
  expect(at('win32', false, { ProgramData: 'D:\\Daten' })).toBe('D:\\Daten\\NerdyOps\\agent');
});

test('somebody who is not root keeps them at home', () => {
  expect(at('linux', false)).toBe('/home/ada/.local/share/nerdyops-agent');
  expect(at('linux', false, { XDG_DATA_HOME: '/data' })).toBe('/data/nerdyops-agent');
  expect(at('darwin', false, {}, '/Users/ada')).toBe('/Users/ada/Library/Application Support/NerdyOps/agent');
});

test('whoever names a place gets it', () => {
  expect(at('linux', true, { NERDY_AGENT_DATA: '/srv/agent' })).toBe('/srv/agent');
  expect(at('win32', true, { NERDY_AGENT_DATA: 'E:\\agent' })).toBe('E:\\agent');
});
